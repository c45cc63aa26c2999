# SPDX-License-Identifier: MIT
#
# The whole build in one file, without recursion: `make help` lists the targets, V=1 shows the commands, BUILD=dir puts all output there.
# A variant is one way of compiling (plain, sanitizers, clang, coverage, fuzzer); each has a directory and the same rules, made by eval.

MAKEFLAGS += --no-builtin-rules -j$(shell nproc)
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL = all

BUILD ?= build
PREFIX ?= /usr/local
sysconfdir ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
FUZZ_SECONDS ?= 60
ifeq ($(origin CC),default)
CC = gcc
endif
CLANG = clang-14
OPTIMISE ?= -O2

# ---- what is needed from Debian -------------------------------------------------------------------------------------------------

BUILD_PACKAGES = build-essential pkg-config libldns-dev libev-dev libcurl4-openssl-dev libyaml-dev libsystemd-dev libssl-dev uthash-dev \
    libcmocka-dev
TEST_PACKAGES = bind9 bind9-utils bind9-dnsutils knot knot-dnsutils pdns-server pdns-backend-sqlite3 sqlite3 nginx-light nftables \
    iproute2 faketime openssl valgrind lcov clang-14 clang-tools-14 libclang-rt-14-dev clang-tidy clang-format cppcheck haproxy systemd \
    python3-dnspython python3-jsonschema python3-yaml jq strace gdb universal-ctags netcat-openbsd curl procps

# MODULE:PACKAGE for pkg-config, HEADER:PACKAGE where there is no module. Looked for at the first compile and not before, so that
# `make deps` runs on a bare machine.
MODULES = ldns:libldns-dev libcurl:libcurl4-openssl-dev yaml-0.1:libyaml-dev libsystemd:libsystemd-dev libcrypto:libssl-dev cmocka:libcmocka-dev
HEADERS = ev.h:libev-dev uthash.h:uthash-dev
missing = $(shell { command -v $(CC) || echo :build-essential; command -v pkg-config || echo :pkg-config; \
    for m in $(MODULES); do pkg-config --exists $${m%:*} || echo :$${m\#*:}; done; \
    for h in $(HEADERS); do echo "\#include <$${h%:*}>" | $(CC) -E -o /dev/null - || echo :$${h\#*:}; done; } 2>/dev/null | sed -n s/^://p)
look = $(if $(missing),$(error not installed: $(missing). As root: apt-get install $(missing), or make deps))\
    $(shell pkg-config --cflags $(foreach m,$(MODULES),$(firstword $(subst :, ,$m))))
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(look))$(PKG_CFLAGS)

# ---- flags ----------------------------------------------------------------------------------------------------------------------

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wmissing-prototypes -Wstrict-prototypes -Wformat=2 -Wvla
# A user who only wants the program is not stopped by the new warning of a newer compiler; whoever works on it is.
WERROR ?= $(if $(filter-out all install demo deps bench uninstall clean,$(or $(MAKECMDGOALS),all)),-Werror)
HARDEN = -fPIE -fstack-protector-strong -fstack-clash-protection $(if $(filter x86_64 i%86,$(shell uname -m)),-fcf-protection)
LINK = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed
COMPILE = -std=c11 -D_GNU_SOURCE -Iinclude -g $(WARN) $(HARDEN) $(PKG_CFLAGS) -MMD -MP
SANITIZE = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -Werror

# ---- the house ------------------------------------------------------------------------------------------------------------------

comma = ,
FLOORS = base model core config io app ctl
# What a test of a floor links: what the floor may see. And the libraries these bring along.
sees_base = core model base
sees_model = core model base
sees_core = core model base
sees_config = config model base
sees_io = io core model base
sees_app = app io config core model base
sees_ctl = ctl base
LIBS_config = $(call libs_of,config,yaml-0.1 libcrypto)
LIBS_io = -lev $(call libs_of,io,libcurl ldns libcrypto libsystemd)
LIBS_app = $(LIBS_config) $(LIBS_io)
LIBS_ctl = $(call libs_of,ctl,libcurl)
libs_of = $(or $(libs_found_$(1)),$(eval libs_found_$(1) := $$(shell pkg-config --libs $(2)))$(libs_found_$(1)))

PROGRAMS = $(patsubst src/app/main.c,repointd,$(wildcard src/app/main.c)) $(patsubst src/ctl/main.c,repointctl,$(wildcard src/ctl/main.c))
UNITS = $(patsubst %.c,%,$(wildcard tests/unit/*/test_*.c))
FUZZERS = $(patsubst %.c,%,$(wildcard tests/fuzz/fuzz_*.c))
SIM = $(patsubst tests/sim/main.c,sim,$(wildcard tests/sim/main.c))
GOLDEN = $(wildcard tests/golden/*.sh)
LINT = $(filter-out %.py %__pycache__,$(wildcard tests/lint/*))
STORIES = $(wildcard tests/integration/[0-9]*.sh)
SOURCES = $(wildcard src/*/*.c tests/unit/*/*.c tests/sim/*.c tests/fuzz/*.c)

Q = $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-6s %s\n' $(1) $@;)

# On a bare machine nothing compiles before the packages are there.
FIRST = $(if $(filter check demo deps,$(MAKECMDGOALS)),deps)

# $(1) directory, $(2) compiler, $(3) flags of compiling and linking
define variant
$(1)/%.o: %.c Makefile | $$(FIRST)
	@mkdir -p $$(@D)
	$$(call say,CC)$(2) $$(COMPILE) $(3) -c -o $$@ $$<
$(1)/repointd: $(1)/src/app/main.o $(patsubst %,$(1)/lib%.a,$(sees_app))
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^ $$(LIBS_app)
$(1)/repointctl: $(1)/src/ctl/main.o $(patsubst %,$(1)/lib%.a,$(sees_ctl))
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^ $$(LIBS_ctl)
$(1)/sim: $(patsubst %.c,$(1)/%.o,$(wildcard tests/sim/*.c)) $(patsubst %,$(1)/lib%.a,$(sees_core))
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^
$(FUZZERS:%=$(1)/%): $(1)/%: $(1)/%.o $(if $(filter fuzz,$(notdir $(1))),,$(1)/tests/fuzz/main.o) $(patsubst %,$(1)/lib%.a,$(sees_app))
	$$(call say,LINK)$(2) $$(LINK) $(3) $(if $(filter fuzz,$(notdir $(1))),-fsanitize=fuzzer) -o $$@ $$^ $$(LIBS_app)
$(foreach floor,$(FLOORS),$(eval $(call floor_of_variant,$(1),$(2),$(3),$(floor))))
endef

# The same, and $(4) the floor: its archive (made anew when a file comes or goes, for then the folder changes) and its unit tests.
define floor_of_variant
$(1)/lib$(4).a: $(patsubst %.c,$(1)/%.o,$(filter-out %/main.c,$(wildcard src/$(4)/*.c))) $(wildcard src/$(4)) Makefile | $$(FIRST)
	@mkdir -p $$(@D)
	$$(call say,AR)rm -f $$@ && ar rcs $$@ $$(filter %.o,$$^)
$(patsubst %.c,$(1)/%,$(wildcard tests/unit/$(4)/test_*.c)): $(1)/%: $(1)/%.o \
    $(patsubst %.c,$(1)/%.o,$(filter-out tests/unit/$(4)/test_%,$(wildcard tests/unit/$(4)/*.c))) $(patsubst %,$(1)/lib%.a,$(sees_$(4)))
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^ $$(LIBS_$(4)) -lcmocka
endef

$(eval $(call variant,$(BUILD),$(CC),$(OPTIMISE) -D_FORTIFY_SOURCE=2 $$(WERROR)))
$(eval $(call variant,$(BUILD)/asan,$(CC),$(SANITIZE)))
$(eval $(call variant,$(BUILD)/clang,$(CLANG),-O2 -D_FORTIFY_SOURCE=2 -Werror))
$(eval $(call variant,$(BUILD)/cov,$(CC),-O0 --coverage))
$(eval $(call variant,$(BUILD)/fuzz,$(CLANG),-O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link$(comma)address$(comma)undefined))
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- suites: each is a command that prints TAP; tests/run.sh adds them up -----------------------------------------------------

UNITS_OF = $(UNITS:%=$(1)/%)
CORPORA_OF = $(foreach f,$(FUZZERS),'$(1)/$f tests/fuzz/corpus/$(f:tests/fuzz/fuzz_%=%)')
SIM_OF = $(SIM:%='$(1)/% $(2)')
RUN = BUILD='$(abspath $(BUILD))' CC='$(CC)' tests/run.sh
QUICK = $(call UNITS_OF,$(BUILD)) $(call CORPORA_OF,$(BUILD)) $(GOLDEN) $(LINT)
SANITIZED = $(call UNITS_OF,$(BUILD)/asan) $(call CORPORA_OF,$(BUILD)/asan) $(call SIM_OF,$(BUILD)/asan,--seeds 100)

# What the suites of a variant run.
programs_of = $(addprefix $(1)/,$(PROGRAMS) $(UNITS) $(FUZZERS) $(SIM))

.PHONY: all help deps quick check lint sanitize demo soak mutants bench fuzz coverage analyze format install uninstall clean
all: $(PROGRAMS:%=$(BUILD)/%) ## both programs

quick: $(call programs_of,$(BUILD)) ## units, 300 simulator seeds, fuzz corpora, golden files, lint: under a minute
	$(Q)$(RUN) $(QUICK) $(call SIM_OF,$(BUILD),--seeds 300)

check: deps $(call programs_of,$(BUILD)) $(call programs_of,$(BUILD)/asan) $(SOURCES:%.c=$(BUILD)/clang/%.o) ## everything, in under 10 minutes
	$(Q)$(RUN) $(QUICK) $(call SIM_OF,$(BUILD),--seeds 1000) $(SANITIZED) $(STORIES)

lint: $(call programs_of,$(BUILD)) ## the rules of the house alone
	$(Q)$(RUN) $(LINT)

sanitize: $(call programs_of,$(BUILD)/asan) ## units, corpora and simulator under ASan and UBSan
	$(Q)$(RUN) $(SANITIZED)

deps: ## installs what is missing to build and to test (root, or sudo)
	$(Q)tests/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)

demo: deps all ## the warm standby told with real servers on loopback
	$(Q)BUILD='$(abspath $(BUILD))' tests/demo/demo.sh

bench: $(call programs_of,$(BUILD)) ## what probing and updating cost, beside haproxy
	$(Q)BUILD='$(abspath $(BUILD))' tests/bench/run.sh

soak: $(BUILD)/sim ## the simulator with SEEDS=n new seeds, without end if there is none
	$(Q)$(BUILD)/sim --seeds $(or $(SEEDS),endless)

mutants: $(BUILD)/sim ## each one-line fault in the core must be found
	$(Q)BUILD='$(abspath $(BUILD))' CC='$(CC)' tests/sim/mutants.sh

fuzz: $(FUZZERS:%=$(BUILD)/fuzz/%) ## libFuzzer, FUZZ_SECONDS for each target
	$(Q)for f in $(FUZZERS:tests/fuzz/fuzz_%=%); do mkdir -p $(BUILD)/fuzz/corpus/$$f && $(BUILD)/fuzz/tests/fuzz/fuzz_$$f \
	    -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/$$f- \
	    $(BUILD)/fuzz/corpus/$$f tests/fuzz/corpus/$$f || exit 1; done

clean: ## removes what was built
	$(Q)rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile | expand -t 12
