// What the caller of the compiler decides beside config.json. Types only.

export interface PlanOptions {
  readonly id: string;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  /** Directory for the fifos through which `start` reaches the init; none: the program runs right after `ready`. */
  readonly fifoDirectory?: string;
  /** `--no-pivot` */
  readonly noPivot?: boolean;
  /** `--no-new-keyring` */
  readonly noNewKeyring?: boolean;
  /** `--preserve-fds`: descriptors after those of LISTEN_FDS that the program keeps. */
  readonly preserveFds?: number;
  /** How many descriptors the caller passes on by LISTEN_FDS, from 3 on. */
  readonly listenFds?: number;
  /** Host directory with the socket `notify.sock` that stands for the caller's NOTIFY_SOCKET. */
  readonly notifyDirectory?: string;
  /** Cgroups are not expected to be writable: without a cgroupsPath they are made where they can be. */
  readonly isRootless?: boolean;
  /** With `isRootless`: the mount points of the hierarchies in which the caller can make cgroups. */
  readonly delegatedCgroups?: readonly string[];
}
