/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PROTOCOL_H
#define REPOINTD_APP_PROTOCOL_H

/*
 * Where: app, and the only header of it that ctl may see.
 * What:  the paths, names and exit codes that both programs share.
 */

#define PROTOCOL_CONFIG_PATH       "/etc/repointd/repointd.yaml"
#define PROTOCOL_STATE_DIRECTORY   "/var/lib/repointd"
#define PROTOCOL_RUNTIME_DIRECTORY "/run/repointd"

/* Of both programs; of the daemon those of sysexits.h, so that systemd can name them. */
enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1, /* refused, failed, or a bad file where a file was to be checked */
    EXIT_CODE_USAGE = 2,
    EXIT_CODE_UNREACHED = 3,    /* repointctl: no daemon; --probe: no verdict */
    EXIT_CODE_UNAVAILABLE = 69, /* socket or port taken, no runtime directory */
    EXIT_CODE_SYSTEM = 71,      /* state directory, damaged owner file, what the kernel refuses */
    EXIT_CODE_TAKEN = 75,       /* another instance holds the state directory */
    EXIT_CODE_CONFIG = 78
};

#endif
