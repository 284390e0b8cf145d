// The longer help text of each command. Data only.

/** By command: what it does, in full sentences. */
export const HELP_TEXTS: ReadonlyMap<string, string> = new Map([
  [
    "check",
    `Tells all that is wrong with a bundle, as far as it can be seen without making a container: mistakes of config.json, what
this host can't do, limits included, a program, loader, bind source or hook that is not there, and what does nothing in
its filter. Exits with 1 when there are errors; warnings alone are none.

Example: trunc check --format json /srv/web`,
  ],
  [
    "checkpoint",
    `Writes the processes of a container into files, by CRIU (criu.org), which must be installed; then the container is
deleted, unless --leave-running or --pre-dump is given. Pipes that are its standard streams, bind mounts, and network and
pid namespaces that it joined are not in the files: "trunc restore" takes them from its caller and its bundle.

Example: trunc checkpoint --image-path /srv/web01 web01`,
  ],
  [
    "restore",
    `Makes a container named CONTAINER of what "trunc checkpoint" wrote, with the bundle's config.json: its programs go on
where they were. In the foreground, signals are passed on, the program's exit code becomes this command's, and the
container is deleted when the program ends.

Example: trunc restore --image-path /srv/web01 --bundle web --detach web01`,
  ],
  [
    "completion",
    `Prints completion for bash, zsh or fish: commands, options, names of containers and signals. "make install" puts it
where these shells look for it; without that:

Example: eval "$(trunc completion bash)"`,
  ],
  [
    "create",
    `Creates a container named CONTAINER from a bundle: a directory with config.json and a root file system. Its
program does not run before "trunc start". The name must not be in use; letters, digits and _ + - . are allowed.`,
  ],
  [
    "run",
    `Creates a container named CONTAINER from a bundle and starts its program at once. In the foreground, signals are
passed on, the program's exit code becomes this command's (128 + number after a signal), and the container is deleted
when the program ends. With --detach the command returns as soon as the program runs.`,
  ],
  [
    "exec",
    `Runs another program in a running (or created) container: in its namespaces and cgroups, with its limits and its
seccomp filter. What is not given is taken from the container's own process. Exits with the program's exit code (128 +
number after a signal), with 255 when the program could not be run.

Examples: trunc exec -t web01 sh
          trunc exec --process process.json --detach --pid-file probe.pid web01`,
  ],
  [
    "start",
    `Starts the program of a container that "trunc create" made. A container can be started only once.`,
  ],
  [
    "state",
    `Prints the state of a container: its status (creating, created, running, paused or stopped), process id, bundle,
root file system and annotations.`,
  ],
  [
    "kill",
    `Sends a signal (a name with or without SIG, or a number; default SIGTERM) to the container's first process.

Example: trunc kill web01 HUP`,
  ],
  [
    "delete",
    `Deletes a container that has stopped or was never started: its cgroups and its state. With --force a running one
is killed first, and one that does not exist is no error.`,
  ],
  [
    "list",
    `Lists the containers under the state directory (see --root).

Example: trunc --root /run/containerd/runc/default list --format json`,
  ],
  [
    "seccomp",
    `"disasm" prints the filter that linux.seccomp of a bundle becomes, or a file that holds such a profile alone: one
instruction a line, a section for each architecture, the calls that come to it behind "#".

"test" says what a system call gets, and which part of the profile decides, as a JSON pointer. SYSCALL is a name or a
number; arguments are numbers or names as AF_INET and CLONE_NEWUSER, with | between several, and 0 where none is given.
Exits with 0 where the call goes through (SCMP_ACT_ALLOW, SCMP_ACT_LOG), with 2 where it is refused, with 4 where another
process decides (SCMP_ACT_NOTIFY, SCMP_ACT_TRACE), and with 1 where that can't be said.

Examples: trunc seccomp disasm /srv/web
          trunc seccomp test /srv/web socket AF_VSOCK --arch x86`,
  ],
  [
    "spec",
    `Writes a new config.json into the bundle's directory, to be edited: it runs "sh" in ./rootfs. Fails when there is
one already.

Example: mkdir -p web/rootfs && cp -a /srv/image/. web/rootfs && trunc spec --bundle web && trunc run --bundle web web01`,
  ],
  [
    "features",
    `Prints what this runtime supports, in the format of the runtime specification's features document.`,
  ],
  [
    "explain",
    `Prints the steps that creating a container from the bundle would take, in order, with the place in config.json
that asks for each. Nothing is changed.`,
  ],
  [
    "pause",
    `Stops all processes of a container, wherever they are, until "trunc resume". Its status is "paused" then.`,
  ],
  ["resume", `Lets the processes of a container that "trunc pause" stopped go on.`],
  [
    "ps",
    `Lists the processes of a container as ps(1) shows them; what follows CONTAINER are options of ps (default -ef). Its
output needs a column PID. With --format json it is a list of process ids, and ps is not needed.

Example: trunc ps web01 -o pid,rss,args`,
  ],
  [
    "update",
    `Changes limits of a container while it runs; what is not named stays as it is. BYTES take the units k, m, g and t.
FILE holds JSON as linux.resources of config.json, device rules included. All of it is done or nothing.

Example: echo '{"memory":{"limit":67108864},"pids":{"limit":100}}' | trunc update --resources - web01`,
  ],
  [
    "events",
    `Prints one JSON object a line until the container ends: its statistics at intervals, and "oom" when a process
was killed for want of memory. With --stats the statistics once.

Example: trunc events --interval 1m web01`,
  ],
]);
