# SPDX-License-Identifier: MIT
#
# The whole build in one file, without recursion: `make help` lists the targets, V=1 shows the commands, BUILD=dir puts
# all output there. A variant is one way of compiling (plain, sanitizers, coverage, fuzzer); each has a directory
# and the same rules, made by eval. Files are found by wildcard: a new one needs no line here.

processors := $(shell nproc)
machine := $(shell uname -m)
MAKEFLAGS += --no-builtin-rules -j$(processors)
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL = all

BUILD ?= build
PREFIX ?= /usr/local
sysconfdir ?= /etc
systemdsystemunitdir ?= $(PREFIX)/lib/systemd/system
CONF = $(DESTDIR)$(sysconfdir)/repointd/repointd.yaml
FUZZ_SECONDS ?= 60
OPTIMISE ?= -O2
CLANG ?= clang-14
ifeq ($(origin CC),default)
CC = gcc
endif

# ---- what is needed from Debian --------------------------------------------------------------------------------------

BUILD_PACKAGES = build-essential pkg-config libldns-dev libev-dev libcurl4-openssl-dev libc-ares-dev libyaml-dev \
    libsystemd-dev libssl-dev libmicrohttpd-dev libjansson-dev libpcre2-dev uthash-dev libcmocka-dev
TEST_PACKAGES = bind9 bind9-utils bind9-dnsutils knot knot-dnsutils pdns-server pdns-backend-sqlite3 sqlite3 \
    nginx-light apache2 lighttpd lighttpd-mod-openssl lighttpd-mod-deflate h2o nghttp2-server nftables iproute2 \
    faketime openssl valgrind lcov clang-14 clang-tools-14 libclang-rt-14-dev clang-tidy clang-format cppcheck \
    haproxy prometheus prometheus-alertmanager systemd python3-dnspython python3-jsonschema python3-yaml jq strace gdb \
    universal-ctags netcat-openbsd curl procps bash-completion tmux man-db groff-base mandoc
# npm comes with Debian's nodejs or with another one's; where there is an npm, it is taken.
PAGE_PACKAGES = chromium lynx fonts-dejavu-core $(shell command -v npm >/dev/null || echo nodejs npm)
BENCH_PACKAGES = haproxy nginx-light nftables openssl gdnsd prometheus-blackbox-exporter

# MODULE:PACKAGE for pkg-config, HEADER:PACKAGE where there is no module. Looked for at the first compile and not
# before, so that `make deps` runs on a bare machine.
MODULES = ldns:libldns-dev libcurl:libcurl4-openssl-dev libcares:libc-ares-dev yaml-0.1:libyaml-dev \
    libsystemd:libsystemd-dev libcrypto:libssl-dev libmicrohttpd:libmicrohttpd-dev jansson:libjansson-dev \
    libpcre2-8:libpcre2-dev cmocka:libcmocka-dev
HEADERS = ev.h:libev-dev uthash.h:uthash-dev
hash := \#
missing = $(shell { command -v $(CC) || echo :build-essential; command -v pkg-config || echo :pkg-config; \
    for m in $(MODULES); do pkg-config --exists $${m%:*} || echo :$${m$(hash)*:}; done; \
    for h in $(HEADERS); do echo "$(hash)include <$${h%:*}>" | $(CC) -E -o /dev/null - || echo :$${h$(hash)*:}; done; \
    } 2>/dev/null | sed -n s/^://p)
look = $(if $(missing),$(error not installed: $(missing). As root: apt-get install $(missing), or make deps))\
    $(shell pkg-config --cflags $(foreach m,$(MODULES),$(firstword $(subst :, ,$m))))
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(look))$(PKG_CFLAGS)
libs_of = $(or $(libs_$(1)),$(eval libs_$(1) := $$(shell pkg-config --libs $(2)))$(libs_$(1)))

# ---- flags -----------------------------------------------------------------------------------------------------------

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wmissing-prototypes -Wstrict-prototypes \
    -Wformat=2 -Wvla
# Who only wants the program is not stopped by the new warning of a newer compiler; whoever works on it is.
WERROR ?= $(if $(filter-out all install demo deps bench uninstall clean,$(or $(MAKECMDGOALS),all)),-Werror)
HARDEN = -fPIE -fstack-protector-strong -fstack-clash-protection \
    $(if $(filter x86_64 i%86,$(machine)),-fcf-protection)
COMPILE = -std=c11 -D_GNU_SOURCE -Iinclude -g $(WARN) $(HARDEN) $(PKG_CFLAGS) -MMD -MP
LINK = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed
comma = ,
SANITIZE = -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address$(comma)undefined

# ---- the house -------------------------------------------------------------------------------------------------------

FLOORS = base model core config io app ctl doc
# What a test of a floor is linked with: what the floor may see, and the libraries that brings along.
sees_base = core model base
sees_model = core model base
sees_core = core model base
sees_config = config model base
sees_io = io core model base
sees_app = app io config core model base
sees_ctl = ctl base
sees_doc = doc ctl $(sees_app)
LIBS_base = $(call libs_of,base,libpcre2-8)
LIBS_config = $(call libs_of,config,yaml-0.1 libcrypto libpcre2-8)
LIBS_io = -lev $(call libs_of,io,libcurl libcares ldns libssl libcrypto libsystemd libmicrohttpd jansson libpcre2-8)
LIBS_app = $(LIBS_config) $(LIBS_io)
LIBS_ctl = $(call libs_of,ctl,libcurl jansson)
LIBS_doc = $(LIBS_app)

PROGRAMS = $(patsubst src/app/main.c,repointd,$(wildcard src/app/main.c)) \
    $(patsubst src/ctl/main.c,repointctl,$(wildcard src/ctl/main.c))
UNITS = $(patsubst %.c,%,$(wildcard tests/unit/*/test_*.c))
FUZZERS = $(patsubst %.c,%,$(wildcard tests/fuzz/fuzz_*.c))
SIM = $(patsubst tests/sim/main.c,sim,$(wildcard tests/sim/main.c))
DRIVERS = $(patsubst %.c,%,$(wildcard tests/integration/*.c))
LINT = $(filter-out %.py %__pycache__,$(wildcard tests/lint/*))
SOURCES = $(wildcard src/*/*.c tests/unit/*/*.c tests/*/*.c)

Q = $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-6s %s\n' $(1) $@;)
# On a bare machine nothing compiles before the packages are there.
FIRST = $(if $(filter check check-page demo deps,$(MAKECMDGOALS)),deps)

# $(1) directory, $(2) compiler, $(3) flags of compiling and linking, $(4) what gives the fuzz targets their main
define variant
$(1)/%.o: %.c Makefile | $$(FIRST)
	@mkdir -p $$(@D)
	$$(call say,CC)$(2) $$(COMPILE) $(3) -c -o $$@ $$<
$(1)/repointd: $(1)/src/app/main.o $(sees_app:%=$(1)/lib%.a)
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^ $$(LIBS_app)
$(1)/repointctl: $(1)/src/ctl/main.o $(sees_ctl:%=$(1)/lib%.a)
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^ $$(LIBS_ctl)
$(1)/reference: $(1)/src/doc/main.o $(sees_doc:%=$(1)/lib%.a)
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^ $$(LIBS_doc)
$(1)/sim: $(patsubst %.c,$(1)/%.o,$(wildcard tests/sim/*.c)) $(sees_core:%=$(1)/lib%.a)
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^
$(DRIVERS:%=$(1)/%): $(1)/%: $(1)/%.o $(sees_io:%=$(1)/lib%.a)
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^ $$(LIBS_io)
$(FUZZERS:%=$(1)/%): $(1)/%: $(1)/%.o $(filter %.o,$(4)) $(sees_app:%=$(1)/lib%.a)
	$$(call say,LINK)$(2) $$(LINK) $(3) $(filter-out %.o,$(4)) -o $$@ $$^ $$(LIBS_app)
$(foreach floor,$(FLOORS),$(eval $(call floor_of_variant,$(1),$(2),$(3),$(floor))))
endef

# The same, and $(4) the floor: its tests, its archive (made anew when a file comes or goes: then the folder changes).
define floor_of_variant
$(1)/lib$(4).a: $(patsubst %.c,$(1)/%.o,$(filter-out %/main.c,$(wildcard src/$(4)/*.c))) $(wildcard src/$(4)) Makefile
	@mkdir -p $$(@D)
	$$(call say,AR)rm -f $$@ && ar rcs $$@ $$(filter %.o,$$^)
$(patsubst %.c,$(1)/%,$(wildcard tests/unit/$(4)/test_*.c)): $(1)/%: $(1)/%.o \
    $(patsubst %.c,$(1)/%.o,$(filter-out tests/unit/$(4)/test_%,$(wildcard tests/unit/$(4)/*.c))) \
    $(sees_$(4):%=$(1)/lib%.a)
	$$(call say,LINK)$(2) $$(LINK) $(3) -o $$@ $$^ $$(LIBS_$(4)) -lcmocka
endef

$(eval $(call variant,$(BUILD),$(CC),$(OPTIMISE) -D_FORTIFY_SOURCE=2 $$(WERROR),$(BUILD)/tests/fuzz/main.o))
$(eval $(call variant,$(BUILD)/asan,$(CC),$(SANITIZE) -Werror,$(BUILD)/asan/tests/fuzz/main.o))
$(eval $(call variant,$(BUILD)/cov,$(CC),-O0 --coverage,$(BUILD)/cov/tests/fuzz/main.o))
$(eval $(call variant,$(BUILD)/fuzz,$(CLANG),$(SANITIZE) -fsanitize=fuzzer-no-link,-fsanitize=fuzzer))

# What clang says about a source is wanted, and not what it would make of it.
$(BUILD)/clang/%.ok: %.c Makefile | $(FIRST)
	@mkdir -p $(@D)
	$(call say,CLANG)$(CLANG) $(COMPILE) -O2 -D_FORTIFY_SOURCE=2 -Werror -fsyntax-only -MT $@ -MF $(@:.ok=.d) $<
	@touch $@
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- the reference: tables of the programs in pages of people --------------------------------------------------------

PAGES = $(patsubst docs/man/%.in,$(BUILD)/man/%,$(wildcard docs/man/*.in))
$(BUILD)/man/%: docs/man/%.in $(BUILD)/reference
	@mkdir -p $(@D)
	$(call say,PAGE)$(BUILD)/reference $< >$@

# ---- suites: each is a command that prints TAP; tests/run.sh adds them up --------------------------------------------

programs_of = $(addprefix $(1)/,$(PROGRAMS) $(UNITS) $(FUZZERS) $(SIM) $(DRIVERS))
units_of = $(UNITS:%=$(1)/%)
corpora_of = $(foreach f,$(FUZZERS),'$(1)/$f tests/fuzz/corpus/$(f:tests/fuzz/fuzz_%=%)')
sim_of = $(SIM:%='$(1)/% $(2)')
ENV = BUILD='$(abspath $(BUILD))' CC='$(CC)'
SCENARIOS = $(patsubst %,'$(BUILD)/sim --scenario %',$(wildcard tests/sim/scenarios/*.scn))
QUICK = $(call units_of,$(BUILD)) $(call corpora_of,$(BUILD)) $(wildcard tests/golden/*.sh) $(SCENARIOS) $(LINT)
SANITIZED = $(call units_of,$(BUILD)/asan) $(call corpora_of,$(BUILD)/asan) $(call sim_of,$(BUILD)/asan,--seeds 100)
STORIES = $(wildcard tests/integration/[0-9]*.sh)
# Under another name, or `make -n check` would run it.
ourselves = $(MAKE)

# ---- targets ---------------------------------------------------------------------------------------------------------

.PHONY: all help deps quick check check-page rest lint sanitize demo soak mutants bench fuzz coverage analyze format reference \
    install uninstall clean
all: $(PROGRAMS:%=$(BUILD)/%) $(PAGES) ## both programs, and their manual pages

quick: $(call programs_of,$(BUILD)) $(PAGES) ## units, 300 simulator seeds, fuzz corpora, golden files, lint: under a minute
	$(Q)$(ENV) tests/run.sh $(QUICK) $(call sim_of,$(BUILD),--seeds 300) $(call sim_of,$(BUILD),--orders 4)

check: deps $(addprefix $(BUILD)/,$(PROGRAMS) $(SIM) $(DRIVERS)) $(PAGES) ## everything
	$(Q)$(ENV) BUILDING='env -u MAKEFLAGS $(ourselves) $(MAKEOVERRIDES) rest && echo "ok 1 - built" && echo 1..1' \
	    tests/run.sh $(QUICK) $(call sim_of,$(BUILD),--seeds 1000) $(call sim_of,$(BUILD),--orders 7) \
	    $(call sim_of,$(BUILD),--sweep coarse) $(SANITIZED) $(STORIES) \
	    $(if $(SIM),'tests/sim/digest.sh $(BUILD)/sim $(BUILD)/asan/sim')

check-page: deps all ## the status page in a real browser; PICTURES=docs/img puts its pictures there
	$(Q)tests/deps.sh $(PAGE_PACKAGES)
	$(Q)mkdir -p $(BUILD)/page && cp tests/page/package.json tests/page/package-lock.json tests/page/.npmrc $(BUILD)/page
	$(Q)cd $(BUILD)/page && { cmp -s package-lock.json installed.json || { npm ci --ignore-scripts --no-progress && \
	    cp package-lock.json installed.json; }; }
	$(Q)$(ENV) TIME_LIMIT=600 PICTURES='$(if $(PICTURES),$(abspath $(PICTURES)))' tests/run.sh tests/page/page.sh

rest: $(foreach v,$(BUILD) $(BUILD)/asan,$(call programs_of,$v)) $(SOURCES:%.c=$(BUILD)/clang/%.ok)

lint: $(call programs_of,$(BUILD)) ## the rules of the house alone
	$(Q)$(ENV) tests/run.sh $(LINT)

sanitize: $(call programs_of,$(BUILD)/asan) ## units, corpora and simulator under ASan and UBSan
	$(Q)$(ENV) tests/run.sh $(SANITIZED)

deps: ## installs what is missing to build and to test (root, or sudo)
	$(Q)tests/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)

demo: deps all ## the warm standby told with real servers on loopback
	$(Q)$(ENV) tests/demo/demo.sh

bench: all ## what probing and updating cost, beside haproxy, gdnsd, blackbox-exporter and a bare loop; QUICK=yes: two minutes
	$(Q)tests/deps.sh $(BENCH_PACKAGES)
	$(Q)$(ENV) tests/bench/run.sh

# The acceptance checks that stand in for more in `make check`, at their full length (docs/faults.md 6); a day for the longest.
SWEEPS = 021-killed 025-killed 030-update 031-update 032-update 048-lossy 080-steady 120-dns-lines 131-others 132-two 133-broken 135-frozen \
    136-knot 161-route53 260-notify
AT_LENGTH = KILL_STEP=1 CUT_STEP=1 AWAY_S=300 LOSS_SECONDS=1800 STEADY_S=86400 EDITED_S=600 OPPOSITE_S=1800 ROUNDS=50 \
    FROZEN_S=300 QUIET_S=600 ROUTE53_SCALE=1 TIME_LIMIT=100000
soak: all $(DRIVERS:%=$(BUILD)/%) $(BUILD)/sim ## what make check shortens, at its full length (a day); the simulator over SEEDS=n seeds or without end
	$(Q)$(ENV) $(AT_LENGTH) tests/run.sh $(foreach story,$(SWEEPS),$(wildcard tests/integration/$(story)*.sh))
	$(Q)$(BUILD)/sim --sweep whole
	$(Q)$(ENV) CROWD=10000 ROUNDS=400 ALONE=yes JOBS=1 TIME_LIMIT=7200 tests/run.sh tests/integration/08[12]-*.sh
	$(Q)$(BUILD)/sim --seeds $(or $(SEEDS),endless)

mutants: $(call programs_of,$(BUILD)) ## each one-line fault put into the core must be found
	$(Q)$(ENV) tests/sim/mutants.sh

fuzz: $(FUZZERS:%=$(BUILD)/fuzz/%) ## libFuzzer, FUZZ_SECONDS for each target
	$(Q)for f in $(FUZZERS:tests/fuzz/fuzz_%=%); do echo "== $$f"; mkdir -p $(BUILD)/fuzz/corpus/$$f; \
	    $(BUILD)/fuzz/tests/fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(BUILD)/fuzz/$$f- \
	        -verbosity=0 -print_final_stats=1 $(BUILD)/fuzz/corpus/$$f tests/fuzz/corpus/$$f || exit 1; done

COVERED = $(filter %/sim $(foreach f,base model core,$(BUILD)/cov/tests/unit/$f/%),$(call programs_of,$(BUILD)/cov))
coverage: $(COVERED) ## 95 % of the branches of model and core by units and simulator
	$(Q)$(ENV) tests/coverage.sh $(COVERED)

analyze: ## clang-tidy, cppcheck and scan-build over src/
	$(Q)clang-tidy-14 --quiet $(wildcard src/*/*.c) -- $(filter-out -MMD -MP,$(COMPILE))
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=3 \
	    --suppress=missingIncludeSystem --suppress=internalAstError -Iinclude -D_GNU_SOURCE -D__linux__ \
	    '-Djson_array_foreach(a,i,v)=for(;;)' '-Djson_object_foreach(o,k,v)=for(;;)' src
	$(Q)scan-build-14 --status-bugs -disable-checker valist.Uninitialized -o $(BUILD)/scan sh -ec \
	    'for f; do $$CC $(filter-out -MMD -MP,$(COMPILE)) -c -o /dev/null $$f; done' sh $(wildcard src/*/*.c)

format: ## lays the code out as .clang-format says
	$(Q)clang-format-14 -i $(wildcard include/*/*.h src/*/*.[ch] tests/*/*.[ch] tests/unit/*/*.[ch])

reference: $(BUILD)/reference ## makes docs/messages.md anew out of the catalogue of what is said
	$(Q)$(BUILD)/reference docs/messages.md.in >$(BUILD)/messages.md && cp $(BUILD)/messages.md docs/messages.md

install: all ## copies programs, unit and examples below DESTDIR and PREFIX; then tells what to type
	$(Q)install -D -m 0755 -t $(DESTDIR)$(PREFIX)/sbin $(BUILD)/repointd
	$(Q)install -D -m 0755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/repointctl
	$(Q)install -D -m 0644 -t $(DESTDIR)$(systemdsystemunitdir) systemd/repointd.service
	$(Q)sed -i 's|/usr/\(s\{0,1\}bin/repoint\)|$(PREFIX)/\1|' $(DESTDIR)$(systemdsystemunitdir)/repointd.service
	$(Q)install -D -m 0644 systemd/repointd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/repointd.conf
	$(Q)install -D -m 0644 -t $(DESTDIR)$(PREFIX)/lib/systemd/catalog systemd/repointd.catalog
	$(Q)for page in $(PAGES); do \
	    install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man$${page$(hash)$(hash)*.} $$page || exit 1; done
	$(Q)install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/bash-completion/completions conf/bash-completion/repointctl
	$(Q)install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/repointd/examples $(wildcard conf/examples/*)
	$(Q)install -d -m 0750 $(dir $(CONF))
	$(Q)test -e $(CONF) || install -m 0640 conf/repointd.yaml $(CONF)
	@printf '%s\n' 'Copied; nothing runs yet. Type as root:' '  systemd-sysusers; chgrp -R repointd $(dir $(CONF))' \
	    '  journalctl --update-catalog; systemctl daemon-reload' '  editor $(CONF)' \
	    '  $(PREFIX)/sbin/repointd --check-config && systemctl enable --now repointd'

uninstall: ## takes away what install brought, but for the configuration
	$(Q)rm -rf $(addprefix $(DESTDIR)$(PREFIX)/,sbin/repointd bin/repointctl lib/sysusers.d/repointd.conf \
	    lib/systemd/catalog/repointd.catalog share/doc/repointd \
	    share/bash-completion/completions/repointctl \
	    $(foreach page,$(notdir $(PAGES)),share/man/man$(subst .,,$(suffix $(page)))/$(page))) \
	    $(DESTDIR)$(systemdsystemunitdir)/repointd.service

clean: ## takes away what was built
	$(Q)rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' Makefile | expand -t 12
