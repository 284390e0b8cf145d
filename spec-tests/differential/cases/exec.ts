// exec: each flag by what its program sees, each wrong value by its words, the exit codes.

import { type Case, lines } from "../case.ts";

const IN_RUNNING = { container: "running" } as const;

const sh = (flags: string, script: string, more: Partial<Case> = {}): Case => ({
  argv: [
    "exec",
    ...flags.split(" ").filter((word) => word !== ""),
    "{id}",
    "/bin/sh",
    "-c",
    script,
  ],
  ...IN_RUNNING,
  ...more,
});

const process = (document: object | string, flags: readonly string[] = []): Case => ({
  argv: ["exec", ...flags, "--process", "{dir}/process.json", "{id}"],
  given: { "process.json": typeof document === "string" ? document : JSON.stringify(document) },
  ...IN_RUNNING,
});

const PROCESS = {
  args: ["/bin/sh", "-c", "pwd; id -u; env"],
  cwd: "/tmp",
  user: { uid: 1, gid: 2 },
  env: ["A=1"],
};

export const EXEC: readonly Case[] = [
  ...lines(
    `
    exec {id} no-such-program
    exec {id} /no/such/program
    exec {id} /etc/passwd
    exec {id} /etc
    exec {id} sh -c pwd
    exec {id} -- true
    exec -- {id} true
    exec {id}
    exec --user 1000 {id} id
    exec --user 1000:2000 {id} id
    exec -u 0:5 {id} id
    exec --user root {id} id
    exec --user 1: {id} id
    exec --user :1 {id} id
    exec --user 1:2:3 {id} id
    exec --user -1 {id} id
    exec --user=-1 {id} id
    exec --user 4294967296 {id} id
    exec -u 1000 -g 7 -g 8 {id} id
    exec -g staff {id} id
    exec -g 1,2 {id} id
    exec --cwd /tmp {id} sh -c pwd
    exec --cwd tmp {id} sh -c pwd
    exec --cwd /none {id} sh -c pwd
    exec --cwd /etc/passwd {id} true
    exec -e A=1 --env B=2=3 -e A=4 {id} env
    exec -e NOVALUE {id} env
    exec -e = {id} env
    exec -e A,B=1 {id} env
    exec --cap CAP_SYS_NICE {id} cat /proc/self/status
    exec --cap sys_nice {id} true
    exec --cap CAP_NONE {id} true
    exec --preserve-fds 1 {id} true
    exec --preserve-fds=-1 {id} true
    exec --cgroup / {id} true
    exec --cgroup /none {id} true
    exec --cgroup none {id} true
    exec --cgroup ../.. {id} true
    exec --cgroup memory:/none {id} true
    exec --cgroup nosuch:/ {id} true
    exec --apparmor nobody {id} true
    exec --process-label nobody {id} true
    exec --console-socket {dir}/none {id} true
    exec --console-socket {dir}/none -t {id} true
    exec --console-socket {dir}/none -d -t {id} true
    exec -d -t {id} true
    exec --pidfd-socket {dir}/none {id} true
    exec --pid-file {dir}/none/pid {id} true
    exec -p {dir}/none {id}
    exec -p {dir} {id}
    exec -d {id} no-such-program
    exec --no-new-privs {id} sh -c true
    exec --user 0x10 {id} id
    exec --user +1 {id} id
    exec --user 010 {id} id
    exec --user 1:0x2 {id} id
    exec --user 1:-1 {id} id
    exec --user= {id} id
    exec --user 2147483647 {id} id
    exec --user 2147483648 {id} id
    exec --user 4294967295 {id} id
    exec -g -1 {id} id
    exec -g=0x7 {id} id
    exec -g= {id} id
    exec --cwd= {id} sh -c pwd
    exec --cwd . {id} sh -c pwd
    exec --cwd //tmp//../tmp/ {id} sh -c pwd
    exec --env= {id} env
    exec -e =x {id} env
    exec -e HOME=/x {id} env
    exec -e PATH=/none {id} env
    exec --cap= {id} true
    exec --cap cap_sys_nice {id} true
    exec --cap ALL {id} true
    exec -c CAP_SYS_NICE -c CAP_SYS_NICE {id} true
    exec --preserve-fds 0 {id} true
    exec --preserve-fds many {id} true
    exec --cgroup= {id} true
    exec --cgroup : {id} true
    exec --cgroup memory {id} true
    exec --cgroup memory,pids:/ {id} true
    exec --cgroup memory:/ --cgroup memory:/ {id} true
    exec --cgroup /. {id} true
    exec --tty=false {id} true
    exec --tty=maybe {id} true
    exec --detach=false {id} true
    exec --ignore-paused {id} true
    exec --pid-file= {id} true
    exec --process= {id} true
    exec --process - {id}
    exec --apparmor= {id} true
    exec --console-socket= {id} true
    exec --nosuch {id} true
    exec {id} --nosuch
    exec --user
    exec
    `,
    IN_RUNNING,
  ).map(statusOnly),
  sh("", "exit 0"),
  sh("", "exit 42"),
  sh("", "kill -KILL $$"),
  sh("", "kill -TERM $$"),
  sh("", "cat", { stdin: "through\n" }),
  sh("", "echo out; echo err >&2"),
  sh("", "env"),
  sh("--no-new-privs", "busybox grep NoNewPrivs /proc/self/status"),
  sh("-t", "test -t 0 && echo terminal"),
  process(PROCESS),
  process(PROCESS, ["--cwd", "/etc"]),
  process(PROCESS, ["--user", "9", "-e", "B=2"]),
  process({ ...PROCESS, args: ["id"] }),
  process({ ...PROCESS, args: [] }),
  process({ ...PROCESS, cwd: "" }),
  process({ ...PROCESS, cwd: "relative" }),
  process({ ...PROCESS, terminal: true }, ["-d"]),
  process({ ...PROCESS, capabilities: { bounding: ["CAP_NONE"] } }),
  process({ ...PROCESS, rlimits: [{ type: "RLIMIT_NOSUCH", soft: 1, hard: 1 }] }),
  process({ ...PROCESS, env: undefined }),
  process("{"),
  process("{}"),
  process("[]"),
  process(""),
];

/** What a whole status file holds is another program's business. */
function statusOnly(test: Case): Case {
  return test.argv.includes("/proc/self/status") ? { ...test, output: "some" } : test;
}
