// The kernel's numbers that more than one part of the plan needs. Constants only.

/** linux/sched.h */
export const CLONE_NEWTIME = 0x80;
export const CLONE_NEWNS = 0x20000;
export const CLONE_NEWCGROUP = 0x2000000;
export const CLONE_NEWUTS = 0x4000000;
export const CLONE_NEWIPC = 0x8000000;
export const CLONE_NEWUSER = 0x10000000;
export const CLONE_NEWPID = 0x20000000;
export const CLONE_NEWNET = 0x40000000;

/** linux/mount.h, mount_setattr(2). The access time is a field of three bits, not a flag; relatime is 0. */
export const ATTR_RDONLY = 0x1;
export const ATTR_NOSUID = 0x2;
export const ATTR_NODEV = 0x4;
export const ATTR_NOEXEC = 0x8;
export const ATTR_ATIME = 0x70;
export const ATTR_NOATIME = 0x10;
export const ATTR_STRICTATIME = 0x20;
export const ATTR_NODIRATIME = 0x80;
export const ATTR_NOSYMFOLLOW = 0x200000;

/** linux/mount.h: propagation types of mount(2), and "all mounts below too". */
export const MS_REC = 0x4000;
export const MS_UNBINDABLE = 0x20000;
export const MS_PRIVATE = 0x40000;
export const MS_SLAVE = 0x80000;
export const MS_SHARED = 0x100000;

/** linux/stat.h */
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFBLK = 0o060000;
