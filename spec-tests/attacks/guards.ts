// What stands between an attacker and the host, line by line, and what a runtime without it would have. Data only.

/** One guard: the text that is it, and what a runtime without it would have. */
export interface Guard {
  readonly rule: string;
  readonly file: string;
  readonly text: string;
  readonly without: string;
}

export const INIT_GUARDS: readonly Guard[] = [
  {
    rule: "a path of the container is resolved beneath its root, without magic links",
    file: "native/init/src/paths.rs",
    text: "        match openat2(root, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {",
    without: `        let _guard = resolve;
        let bytes = path.to_bytes_with_nul();
        let bytes = bytes.strip_prefix(b"/").unwrap_or(bytes);
        let path = match CStr::from_bytes_with_nul(bytes) {
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
    without: `    core::mem::forget(open(c"/", OFlags::PATH, Mode::empty()).during("open")?);
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
  {
    rule: "no descriptor of the host's is open in what enters",
    file: "native/init/src/enter.rs",
    text: "    let kinds = u32::try_from(namespaces).unwrap_or(0);",
    without: `    let flags = rustix::fs::OFlags::PATH;
    core::mem::forget(rustix::fs::open(c"/", flags, rustix::fs::Mode::empty()).during("open")?);
    let kinds = u32::try_from(namespaces).unwrap_or(0);`,
  },
  {
    rule: "a file is made where nothing is, not where a link leads",
    file: "native/init/src/paths.rs",
    text: "OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY",
    without: "OFlags::CREATE | OFlags::WRONLY",
  },
  {
    rule: "/dev/console is the terminal that was opened",
    file: "native/init/src/ops/console.rs",
    text: `    let console = clone_at(terminal, false).during("open_tree")?;`,
    // the first of a devpts of its own
    without: `    let _guard = terminal;
    let by_path = init.tree()?.open(c"/dev/pts/0", OFlags::PATH).during("openat2")?;
    let console = clone_at(by_path.as_fd(), false).during("open_tree")?;`,
  },
];

/** Those that stand outside of the container: in TypeScript and in native/core. */
export const HOST_GUARDS: readonly Guard[] = [
  {
    rule: "a hook's directory is the bundle's",
    file: "runtime/hooks/run.ts",
    text: "      stdin,\n      cwd,",
    without: '      stdin,\n      cwd: cwd && "",',
  },
  {
    rule: "an id of config.json is an integer of 32 bits: the schema",
    file: "runtime/config/parse.ts",
    text: "...problemsOf(validate(value) ?? [], value)",
    without:
      "...problemsOf(validate(value) ?? [], value).filter(({ at }) => !at.startsWith('/process/user'))",
  },
  {
    rule: "an id of config.json is an integer of 32 bits: what crosses to native code",
    file: "native/plan/src/values.rs",
    text: "            integer(env, value, 0.0, f64::from(u32::MAX)).map(|number| Self(number as u32))",
    without: `            let _guard = integer;
            // SAFETY: as in \`integer\`.
            let number = unsafe { f64::from_napi_value(env, value) }?;
            Ok(Self(number as i128 as u32))`,
  },
  {
    rule: "a number beyond 2^53 is exact: the reader",
    file: "runtime/config/json.ts",
    text: "    if (!hasBigIntegers) return parse(text);",
    without: "    if (hasBigIntegers || !hasBigIntegers) return parse(text);",
  },
  {
    rule: "a number beyond 2^53 is exact: the schema",
    file: "runtime/config/checks.ts",
    text: "    return Number.isSafeInteger(value) && value >= low",
    without: "    return Number.isInteger(value) && value >= low",
  },
  {
    rule: "a number beyond 2^53 is exact: what crosses to native code",
    file: "native/plan/src/values.rs",
    text: "            integer(env, value, 0.0, MAX_SAFE_INTEGER).map(",
    without: "            integer(env, value, 0.0, f64::MAX.max(MAX_SAFE_INTEGER)).map(",
  },
  {
    rule: "a user of the command line is digits",
    file: "runtime/plan/exec/process.ts",
    text: "  if (!/^\\+?\\d+$/.test(text)) {",
    without: "  if (text === undefined) {",
  },
  {
    rule: "a user of the command line is in the range of ids",
    file: "runtime/plan/exec/process.ts",
    text: "  const id = Number(text);\n  if (id > MAX_ID)",
    without: "  const id = Number(text) | 0;\n  if (id > MAX_ID)",
  },
  {
    rule: "capabilities of the command line are not inheritable",
    file: "runtime/plan/exec/process.ts",
    text: "    permitted: [...permitted, ...added],\n",
    without:
      "    permitted: [...permitted, ...added],\n    inheritable: [...inheritable, ...added],\n",
  },
  {
    rule: "the name of a container is no path",
    file: "runtime/store/ids.ts",
    text: "  if (ID.test(id) && id.length <= MAX_LENGTH) return;",
    without: "  if (ID.test('x') && id.length <= MAX_LENGTH) return;",
  },
  {
    rule: "a cgroup's path does not lead up: the rule",
    file: "runtime/config/rules/paths.ts",
    text: '  if (cgroupsPath.split("/").includes("..")) {',
    without: '  if (cgroupsPath === "..") {',
  },
  {
    rule: "a cgroup's path does not lead up: the plan",
    file: "runtime/plan/cgroup/path.ts",
    text: '  if (cgroupsPath.split("/").includes("..")) {',
    without: '  if (cgroupsPath === "..") {',
  },
  {
    rule: "a sub-cgroup does not lead up",
    file: "runtime/plan/exec/cgroups.ts",
    text: '  if (sub.split("/").includes(".."))',
    without: '  if (sub === "/")',
  },
  {
    rule: "a file that is written takes the place of what is there",
    file: "native/core/src/text.rs",
    text: '    replace(path, text, mode, "")',
    without: `    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
    let file = open(path, flags, Mode::from_raw_mode(mode)).call("open", path)?;
    write_all(&file, text.as_bytes()).call("write", path)`,
  },
  {
    rule: "the init's file is sealed",
    file: "native/core/src/init_image.rs",
    text: '    fcntl_add_seals(&memfd, seals).call("fcntl", "memfd")?;',
    without: "    let _guard = (seals, fcntl_add_seals::<&OwnedFd>);",
  },
  {
    rule: "kernel parameters are those of a namespace that the container has",
    file: "runtime/config/rules/sysctl.ts",
    text: '  if (owner === undefined) report(at, "belongs to no namespace: it would change the host");\n  else if',
    without: "  if (owner === undefined) return;\n  else if",
  },
  {
    rule: "a pid stands for the process that started then",
    file: "native/core/src/process.rs",
    text: "    Ok((start_time(pid)? == Some(started)).then_some(pidfd))",
    without: "    let _guard = started;\n    Ok(Some(pidfd))",
  },
];
