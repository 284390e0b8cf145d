// A runtime without its guards, to see that a test would notice if they were gone: the init is built from a copy of the
// tree with each guard taken out, and put into a copy of the runtime in its own place. Nothing of it is ever shipped.

import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../harness/build.ts";

/** One guard: the text that is it, and what a runtime without it would have. */
interface Guard {
  readonly rule: string;
  readonly file: string;
  readonly text: string;
  readonly without: string;
}

const GUARDS: readonly Guard[] = [
  {
    rule: "a path of the container is resolved beneath its root, without magic links",
    file: "native/init/src/paths.rs",
    text: "        match openat2(root, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {",
    without: `        let _guard = resolve;
        let bytes = path.to_bytes_with_nul();
        let start = bytes.iter().take_while(|byte| **byte == b'/').count();
        let path = match CStr::from_bytes_with_nul(&bytes[start..]) {
            Ok(path) if !path.is_empty() => path,
            _ => c".",
        };
        match openat2(root, path, flags | OFlags::CLOEXEC, Mode::empty(), ResolveFlags::empty()) {`,
  },
  {
    rule: "sysctls and labels are written through a procfs that nobody else reaches",
    file: "native/init/src/ops/procfs.rs",
    text: `    let Some(procfs) = &init.procfs else {
        return failed("procfs", Errno::BADF);
    };
    write_in(procfs.as_fd(), path, text)`,
    without: `    let _guard = &init.procfs;
    let flags = OFlags::PATH | OFlags::DIRECTORY;
    let procfs = rustix::fs::open(c"/proc", flags, Mode::empty()).during("open")?;
    write_in(procfs.as_fd(), path, text)`,
  },
  {
    rule: "what hides a file is the null device",
    file: "native/init/src/ops/hide.rs",
    text: `        if FileType::from_raw_mode(stat.st_mode) != FileType::CharacterDevice
            || stat.st_rdev != makedev(1, 3)
        {`,
    without: `        if FileType::from_raw_mode(stat.st_mode) == FileType::Socket && stat.st_rdev == makedev(1, 3) {`,
  },
  {
    rule: "the working directory lies beneath the root",
    file: "native/init/src/ops/program.rs",
    text: "    if name.first() == Some(&b'/') {",
    without: "    if !name.is_empty() {",
  },
  {
    rule: "no descriptor of the host's is open once the root is another",
    file: "native/init/src/ops/rootfs.rs",
    text: `    pivot(c".", c".").during("pivot_root")?;`,
    without: `    let leak = open(c"/", OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).during("open")?;
    core::mem::forget(leak);
    pivot(c".", c".").during("pivot_root")?;`,
  },
  {
    rule: "descriptors end with the exec",
    file: "native/sys/src/descriptors.rs",
    text: "    unsafe { crate::raw::syscall(__NR_close_range, args) }.map(|_| ())",
    without: "    let _guard = (__NR_close_range, args);\n    Ok(())",
  },
  {
    rule: "what enters a container is undumpable before it joins",
    file: "native/init/src/enter.rs",
    text: `    trunc_sys::credentials::set_dumpable(false).during("prctl")?;\n`,
    without: "",
  },
];

const RUNTIME = join(REPOSITORY, "dist", "bin", "trunc");
const INIT = join(REPOSITORY, "dist", "init", "trunc-init");
const WEAK = join(REPOSITORY, "dist", "spec-tests", "trunc-weak");
const TREE = join(REPOSITORY, "target", "weak");

/** Path of the weak runtime, built when the runtime is newer. */
export function weakRuntime(): string {
  if (existsSync(WEAK) && statSync(WEAK).mtimeMs > statSync(RUNTIME).mtimeMs) return WEAK;
  copyTree();
  for (const guard of GUARDS) takeOut(guard);
  putInto(buildInit());
  return WEAK;
}

function copyTree(): void {
  const source = join(TREE, "source");
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  for (const name of ["native", ".cargo", "Cargo.toml", "Cargo.lock"]) {
    cpSync(join(REPOSITORY, name), join(source, name), {
      recursive: true,
      preserveTimestamps: true,
    });
  }
  // the patched crates that Cargo.toml names
  symlinkSync(join(REPOSITORY, "target"), join(source, "target"));
}

function takeOut({ rule, file, text, without }: Guard): void {
  const path = join(TREE, "source", file);
  const parts = readFileSync(path, "utf8").split(text);
  if (parts.length !== 2) {
    throw new Error(
      `attacks/weak.ts: the guard of "${rule}" is not once in ${file}: follow its change`,
    );
  }
  writeFileSync(path, parts.join(without));
}

/** As scripts/build-init.sh does, elsewhere. */
function buildInit(): Buffer {
  execFileSync("cargo", ["build", "--profile", "init", "--locked", "--package", "trunc-init"], {
    cwd: join(TREE, "source"),
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      RUSTFLAGS: "-C target-feature=+crt-static -C relocation-model=static",
      CARGO_TARGET_DIR: join(TREE, "build"),
    },
  });
  return readFileSync(join(TREE, "build", "x86_64-unknown-linux-gnu", "init", "trunc-init"));
}

/** The runtime carries its init along as it is. What follows an ELF file's end does not matter. */
function putInto(built: Buffer): void {
  const init = loadedPart(built);
  const runtime = readFileSync(RUNTIME);
  const own = readFileSync(INIT);
  const at = runtime.indexOf(own);
  if (at < 0) throw new Error(`${RUNTIME} does not carry ${INIT}: make build`);
  if (init.length > own.length)
    throw new Error("the weak init is larger than the one it takes the place of");
  Buffer.concat([init, Buffer.alloc(own.length - init.length)]).copy(runtime, at);
  mkdirSync(join(REPOSITORY, "dist", "spec-tests"), { recursive: true });
  writeFileSync(WEAK, runtime, { mode: 0o755 });
}

/** An ELF file up to the end of its last segment (elf(5)): the sections behind it are for debuggers, and would not fit. */
function loadedPart(file: Buffer): Buffer {
  const elf = Buffer.from(file);
  const table = Number(elf.readBigUInt64LE(32));
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)];
  const ends = Array.from({ length: count }, (_, index) => {
    const entry = table + index * size;
    return Number(elf.readBigUInt64LE(entry + 8) + elf.readBigUInt64LE(entry + 32));
  });
  // no section table
  elf.writeBigUInt64LE(0n, 40);
  elf.writeUInt16LE(0, 60);
  elf.writeUInt16LE(0, 62);
  return elf.subarray(0, Math.max(...ends));
}
