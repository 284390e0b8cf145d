// Bundles that are well formed but can't run here: what fails on the way to the process.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { args } from "../harness/bundle.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import type { Config, Mount } from "../harness/types.ts";
import { type BadBundle, failed } from "./case.ts";

type Edit = NonNullable<BadBundle["edit"]>;

const bind = (config: Config, source: string, destination: string, options = ["bind"]): void => {
  config.mounts.push({ destination, type: "bind", source, options });
};

const mount =
  (entry: Mount): Edit =>
  (config) =>
    config.mounts.push(entry);

/** Makes a file with this content the program. */
const program =
  (content: Buffer | string, mode = 0o755): Edit =>
  (config, { rootfs }) => {
    writeFileSync(join(rootfs, "program"), content, { mode });
    config.process.args = ["/program"];
  };

/** busybox with another machine in its ELF header: AArch64 (183), or x86-64 (62) where that is the own. */
function foreignBinary(rootfs: string): Buffer {
  const binary = Buffer.from(readFileSync(join(rootfs, "bin", "busybox")));
  binary.writeUInt16LE(process.arch === "arm64" ? 62 : 183, 18);
  return binary;
}

function hostTmpfs(t: Sandbox, path: string, options: string): void {
  mkdirSync(path, { recursive: true });
  spawnSync("mount", ["-t", "tmpfs", "-o", options, "spec", path]);
  t.defer(() => spawnSync("umount", ["-l", path]));
}

const MISSING = /no such file or directory/;

/** The default has five mounts: a row's own is mounts[5]. Failures of execve come after create has answered. */
const LATE = { command: "run" } as const;

export const BAD_BUNDLES: readonly BadBundle[] = [
  {
    what: "the rootfs is missing",
    after: ({ rootfs }) => rmSync(rootfs, { recursive: true }),
    says: [MISSING],
    truncSays: [/\/?root/, /ENOENT/],
  },
  {
    what: "the rootfs is a file",
    edit: (config, { dir }) => {
      writeFileSync(join(dir, "file"), "");
      config.root.path = "file";
    },
    says: [/not a directory/],
    truncSays: [/\/?root/, /ENOTDIR/],
  },
  {
    what: "a bind source is missing",
    edit: (config) => bind(config, "/nonexistent/source", "/in"),
    says: [MISSING, /\/nonexistent\/source/],
    truncSays: [failed(/mounts\[5\] \(.*\/in\)/, "ENOENT")],
  },
  {
    what: "a bind of a file on a directory",
    edit: (config) => bind(config, "/etc/hostname", "/etc"),
    says: [/not a directory/],
    truncSays: [/mounts\[5\] \(.*\/etc\)/, /; hint: .*(file|directory)/],
  },
  {
    what: "a bind of a directory on a file",
    edit: (config) => bind(config, "/var", "/etc/passwd"),
    says: [/not a directory/],
    truncSays: [/mounts\[5\] \(.*\/etc\/passwd\)/, /; hint: .*(file|directory)/],
  },
  {
    what: "an option that the file system does not know",
    edit: mount({ destination: "/in", type: "tmpfs", source: "t", options: ["nonsense=1"] }),
    says: [/invalid argument/],
    truncSays: [failed("mounts[5] (/in)", "EINVAL"), /nonsense/],
  },
  {
    what: "an option with a value that the file system refuses",
    edit: mount({ destination: "/in", type: "tmpfs", source: "t", options: ["size=banana"] }),
    says: [/invalid argument/],
    truncSays: [failed("mounts[5] (/in)", "EINVAL"), /size/],
  },
  {
    what: "a file system that the kernel does not have",
    edit: mount({ destination: "/in", type: "nonsensefs", source: "n" }),
    says: [/no such device/],
    truncSays: [failed("mounts[5] (/in)", "ENODEV"), /nonsensefs/],
  },
  {
    what: "a mountpoint below a file",
    edit: mount({ destination: "/etc/passwd/below", type: "tmpfs", source: "t" }),
    says: [/not a directory/],
    truncSays: [failed("mounts[5] (/etc/passwd/below)", "ENOTDIR")],
  },
  {
    what: "a mountpoint that is missing on a read-only file system",
    edit: (config, { dir, rootfs }, t) => {
      const copy = join(dir, "read-only");
      hostTmpfs(t, copy, "size=8m");
      spawnSync("cp", ["-a", `${rootfs}/.`, copy]);
      spawnSync("mount", ["-o", "remount,ro", copy]);
      config.root.path = copy;
      config.mounts.push({ destination: "/missing", type: "tmpfs", source: "t" });
    },
    says: [/read-only file system/],
    truncSays: [failed("mounts[5] (/missing)", "EROFS")],
  },
  {
    what: "a full disk below the rootfs",
    edit: (config, { dir, rootfs }, t) => {
      const copy = join(dir, "full");
      hostTmpfs(t, copy, "size=8m");
      spawnSync("cp", ["-a", `${rootfs}/.`, copy]);
      // As many inodes as are in use: the next directory is one too many.
      const [total, free] = `${spawnSync("stat", ["-f", "-c", "%c %d", copy]).stdout}`
        .split(" ")
        .map(Number);
      spawnSync("mount", ["-o", `remount,size=8m,nr_inodes=${total! - free!}`, copy]);
      config.root.path = copy;
      config.mounts.push({ destination: "/missing", type: "tmpfs", source: "t" });
    },
    says: [/no space left on device/],
    truncSays: [failed("mounts[5] (/missing)", "ENOSPC")],
  },
  {
    what: "a namespace path that is missing",
    edit: (config) => {
      config.linux.namespaces = config.linux.namespaces.map((entry) =>
        entry.type === "network" ? { ...entry, path: "/nonexistent/ns" } : entry,
      );
    },
    says: [MISSING, /\/nonexistent\/ns/],
    truncSays: [/linux[./]namespaces/, /ENOENT/],
  },
  {
    what: "a namespace path of another kind",
    edit: (config) => {
      config.linux.namespaces = config.linux.namespaces.map((entry) =>
        entry.type === "network" ? { ...entry, path: "/proc/self/ns/uts" } : entry,
      );
    },
    truncSays: [/linux[./]namespaces/, /is no net/],
  },
  {
    what: "a namespace path that is no namespace",
    edit: (config) => {
      config.linux.namespaces = config.linux.namespaces.map((entry) =>
        entry.type === "network" ? { ...entry, path: "/etc/hostname" } : entry,
      );
    },
    truncSays: [/linux[./]namespaces/, /\/etc\/hostname/],
  },
  {
    what: "a sysctl that the kernel does not have",
    edit: (config) => {
      config.linux.sysctl = { "net.ipv4.nonsense": "1" };
    },
    says: [MISSING],
    truncSays: [/sysctl.*net\.ipv4\.nonsense/, /ENOENT/],
  },
  {
    what: "a sysctl with a value that the kernel refuses",
    edit: (config) => {
      config.linux.sysctl = { "net.ipv4.ip_forward": "banana" };
    },
    says: [/invalid argument/],
    truncSays: [/sysctl.*net\.ipv4\.ip_forward/, /EINVAL/],
  },
  {
    what: "an rlimit above what is allowed",
    edit: (config) => {
      config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 2_000_000, hard: 2_000_000 }];
    },
    says: [/operation not permitted/],
    truncSays: [/process[./]rlimits[[/]0/, /EPERM/, /; hint: .*CAP_SYS_RESOURCE/],
    options: { needs: ["no CAP_SYS_RESOURCE"] },
  },
  {
    what: "an oomScoreAdj below what is allowed",
    edit: (config) => {
      config.process.oomScoreAdj = -900;
    },
    truncSays: [
      /permission denied/,
      /process[./]oomScoreAdj/,
      /EACCES/,
      /; hint: .*CAP_SYS_RESOURCE/,
    ],
    options: { needs: ["no CAP_SYS_RESOURCE"] },
  },
  {
    what: "a CPU quota below the kernel's least",
    edit: (config) => {
      config.linux.resources = { cpu: { quota: 10, period: 100_000 } };
    },
    says: [/invalid argument/],
    truncSays: [/linux[./]resources[./]cpu/, /EINVAL/, /cpu\.(cfs_quota_us|max)/],
    options: { needs: ["cpu controller"] },
  },
  {
    what: "CPUs that the machine does not have",
    edit: (config) => {
      config.linux.resources = { cpu: { cpus: "900-901" } };
    },
    truncSays: [/linux[./]resources[./]cpu/, /cpuset\.cpus/],
    options: { needs: ["cpuset controller"] },
  },
  {
    what: "a memory limit that no program fits in",
    edit: (config) => {
      config.linux.resources = { memory: { limit: 4096 } };
    },
    truncSays: [/memory limit/],
    options: { needs: ["memory controller"] },
  },
  {
    what: "throttling of a device that does not exist",
    edit: (config) => {
      const rate = [{ major: 250, minor: 250, rate: 1 }];
      config.linux.resources = { blockIO: { throttleReadBpsDevice: rate } };
    },
    says: [/no such device/],
    truncSays: [/linux[./]resources[./]blockIO/, /ENODEV/],
    options: { needs: ["blkio throttle"] },
  },
  {
    what: "maps that overlap",
    edit: (config) => {
      config.linux.namespaces.push({ type: "user" });
      const overlapping = [
        { containerID: 0, hostID: 100_000, size: 10 },
        { containerID: 5, hostID: 200_000, size: 10 },
      ];
      config.linux.uidMappings = overlapping;
      config.linux.gidMappings = overlapping;
    },
    truncSays: [/linux[./]uidMappings/],
  },
  {
    what: "a hook that is not executable",
    edit: (config, { dir }) => {
      writeFileSync(join(dir, "hook"), "#!/bin/sh\n", { mode: 0o644 });
      config.hooks = { createRuntime: [{ path: join(dir, "hook") }] };
    },
    says: [/permission denied/],
    truncSays: [/hooks\.createRuntime\[0\]/],
  },
  {
    what: "a program that is not in PATH",
    edit: (config) => {
      config.process.args = ["nosuchprogram"];
    },
    says: [/exec: "nosuchprogram": executable file not found in \$PATH/],
  },
  {
    what: "a program by path that is missing",
    edit: (config) => {
      config.process.args = ["/nosuch/program"];
    },
    says: [/exec: "\/nosuch\/program": stat \/nosuch\/program: no such file or directory/],
  },
  {
    what: "a program without the right to be executed",
    edit: program("#!/bin/sh\n", 0o644),
    says: [/exec: "\/program": permission denied/],
  },
  {
    what: "a program that is a directory",
    edit: (config) => {
      config.process.args = ["/bin"];
    },
    says: [/exec: "\/bin": (permission denied|is a directory)/],
  },
  {
    what: "a program below a directory that its user may not enter",
    edit: (config, { rootfs }) => {
      mkdirSync(join(rootfs, "closed"));
      writeFileSync(join(rootfs, "closed", "program"), "#!/bin/sh\n", { mode: 0o755 });
      chmodSync(join(rootfs, "closed"), 0o700);
      config.process.user = { uid: 1000, gid: 1000 };
      config.process.args = ["/closed/program"];
    },
    says: [/permission denied/],
  },
  {
    ...LATE,
    what: "a program for another machine",
    edit: (config, bundle, t) => {
      program(foreignBinary(bundle.rootfs))(config, bundle, t);
    },
    says: [/exec format error/],
    truncSays: [/; hint: .*(aarch64|arm|x86|amd64)/i],
  },
  { ...LATE, what: "a program that is empty", edit: program(""), says: [/exec format error/] },
  {
    ...LATE,
    what: "a script without #!",
    edit: program("echo hello\n"),
    says: [/exec format error/],
    truncSays: [/; hint: .*#!/],
  },
  {
    ...LATE,
    what: "a script whose interpreter is missing",
    edit: program("#!/nosuch/interpreter\n"),
    says: [MISSING],
    truncSays: [/\/nosuch\/interpreter.*; hint: /],
  },
  {
    ...LATE,
    what: "a script with the line ends of another system",
    edit: program("#!/bin/sh\r\necho\r\n"),
    says: [MISSING],
    truncSays: [/; hint: /],
  },
  {
    what: "a state directory that is read-only",
    edit: (_config, _bundle, t) => {
      hostTmpfs(t, join(t.dir, "frozen"), "ro,size=64k");
    },
    global: (t) => ["--root", join(t.dir, "frozen")],
    says: [/read-only file system/],
  },
  {
    what: "a state directory that is a file",
    edit: (_config, _bundle, t) => {
      writeFileSync(join(t.dir, "a-file"), "");
    },
    global: (t) => ["--root", join(t.dir, "a-file")],
    says: [/not a directory/],
  },
  {
    what: "a terminal without a console socket",
    edit: (config) => {
      config.process.terminal = true;
      args(config, "info");
    },
    says: [/console.socket/i],
  },
];
