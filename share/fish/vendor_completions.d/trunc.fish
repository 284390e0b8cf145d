# fish completion for trunc. Generated from its table of commands. Do not edit.

function __trunc_words # the command and its operands so far, one a line
    set -l skips no
    set -l words (commandline -opc)
    for word in $words[2..]
        if test $skips = yes
            set skips no
            continue
        end
        switch $word
            case --additional-gids --apparmor --arch --blkio-weight --bundle --cap --cgroup --cgroup-manager --console-socket --cpu-burst --cpu-idle --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpu-share --cpuset-cpus --cpuset-mems --cwd --empty-ns --env --format --image-path --interval --l3-cache-schema --log --log-format --lsm-mount-context --lsm-profile --manage-cgroups-mode --mem-bw-schema --memory --memory-reservation --memory-swap --page-server --parent-path --pid-file --pidfd-socket --pids-limit --preserve-fds --process --process-label --resources --root --rootless --status-fd --trace --user --work-path -b -c -e -f -g -p -r -u
                set skips yes
            case '-*'
            case '*'
                echo $word
        end
    end
end

function __trunc_needs_command
    test (count (__trunc_words)) -eq 0
end

function __trunc_in # COMMAND
    set -l words (__trunc_words)
    test "$words[1]" = $argv[1]
end

function __trunc_at # COMMAND COUNT: so many operands are there
    set -l words (__trunc_words)
    test "$words[1]" = $argv[1] -a (count $words) -eq (math $argv[2] + 1)
end

function __trunc_containers
    set -l words (commandline -opc)
    set -l root
    for index in (seq (count $words))
        string match -q -- '--root=*' $words[$index]; and set root $words[$index]
        test $words[$index] = --root; and set root $words[$index..(math $index + 1)]
    end
    $words[1] $root list -q 2>/dev/null
end

complete -c trunc -f
complete -c trunc -n __trunc_needs_command -l debug -d 'log every step'
complete -c trunc -n __trunc_needs_command -l log -r -F -d 'append the log to FILE (default: stderr)'
complete -c trunc -n __trunc_needs_command -l log-format -x -a 'text json' -d 'text or json (default: text)'
complete -c trunc -n __trunc_needs_command -l root -x -a '(__fish_complete_directories)' -d 'where the state of containers is kept (default: /run/trunc, or $XDG_RUNTIME_DIR/trunc)'
complete -c trunc -n __trunc_needs_command -l systemd-cgroup -d 'let systemd make the cgroups'
complete -c trunc -n __trunc_needs_command -l cgroup-manager -x -a 'cgroupfs systemd disabled' -d 'who makes the cgroups: cgroupfs, systemd, or disabled for none (default: cgroupfs)'
complete -c trunc -n __trunc_needs_command -l rootless -x -a 'true false auto' -d 'ignore cgroup permission errors: true, false or auto (default: auto)'
complete -c trunc -n __trunc_needs_command -l version -s v -d 'print the version'
complete -c trunc -n __trunc_needs_command -l help -s h -d 'show help'

complete -c trunc -n __trunc_needs_command -a check -d 'tell what is wrong with a bundle'
complete -c trunc -n '__trunc_in check' -l format -s f -x -a 'text json' -d 'text or json (default: text)'
complete -c trunc -n '__trunc_in check' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at check 0' -a '(__fish_complete_directories)'

complete -c trunc -n __trunc_needs_command -a checkpoint -d 'write a running container into files'
complete -c trunc -n '__trunc_in checkpoint' -l image-path -x -a '(__fish_complete_directories)' -d 'where the files are (default: ./checkpoint)'
complete -c trunc -n '__trunc_in checkpoint' -l work-path -x -a '(__fish_complete_directories)' -d 'where CRIU writes its log (default: with the files)'
complete -c trunc -n '__trunc_in checkpoint' -l tcp-established -d 'take TCP connections along'
complete -c trunc -n '__trunc_in checkpoint' -l ext-unix-sk -d 'allow Unix sockets that lead out of the container'
complete -c trunc -n '__trunc_in checkpoint' -l shell-job -d 'allow a session or terminal that began outside'
complete -c trunc -n '__trunc_in checkpoint' -l file-locks -d 'take file locks along'
complete -c trunc -n '__trunc_in checkpoint' -l lazy-pages -d 'fetch memory when it is used (userfaultfd)'
complete -c trunc -n '__trunc_in checkpoint' -l auto-dedup -d 'punch what is stored twice out of the memory files'
complete -c trunc -n '__trunc_in checkpoint' -l manage-cgroups-mode -x -a 'soft full strict ignore' -d 'soft, full, strict or ignore (default: soft)'
complete -c trunc -n '__trunc_in checkpoint' -l empty-ns -x -a 'network' -d 'make this namespace anew, without what is in it; only network'
complete -c trunc -n '__trunc_in checkpoint' -l parent-path -x -a '(__fish_complete_directories)' -d 'an earlier --pre-dump, relative to the image path: only what changed since is written'
complete -c trunc -n '__trunc_in checkpoint' -l leave-running -d 'do not end the container'
complete -c trunc -n '__trunc_in checkpoint' -l tcp-skip-in-flight -d 'leave TCP connections out that are not yet made'
complete -c trunc -n '__trunc_in checkpoint' -l link-remap -d 'allow deleted files to be linked back where possible'
complete -c trunc -n '__trunc_in checkpoint' -l status-fd -x -d 'descriptor that gets a NUL byte when pages can be fetched (--lazy-pages)'
complete -c trunc -n '__trunc_in checkpoint' -l page-server -x -d 'where memory is sent to, or with --lazy-pages fetched from'
complete -c trunc -n '__trunc_in checkpoint' -l pre-dump -d 'write memory only; the container goes on'
complete -c trunc -n '__trunc_in checkpoint' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at checkpoint 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a completion -d 'print completion for a shell'
complete -c trunc -n '__trunc_in completion' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at completion 0' -a 'bash zsh fish'

complete -c trunc -n __trunc_needs_command -a create -d 'create a container'
complete -c trunc -n '__trunc_in create' -l bundle -s b -x -a '(__fish_complete_directories)' -d 'the bundle\'s directory (default: the current one)'
complete -c trunc -n '__trunc_in create' -l console-socket -r -F -d 'Unix socket that gets the master of the container\'s terminal'
complete -c trunc -n '__trunc_in create' -l pidfd-socket -r -F -d 'Unix socket that gets a pidfd of the container\'s first process'
complete -c trunc -n '__trunc_in create' -l pid-file -r -F -d 'write the process id to FILE'
complete -c trunc -n '__trunc_in create' -l no-pivot -d 'do not use pivot_root (for a rootfs on a ramdisk)'
complete -c trunc -n '__trunc_in create' -l no-new-keyring -d 'keep the caller\'s session keyring instead of making one'
complete -c trunc -n '__trunc_in create' -l preserve-fds -x -d 'hand N descriptors on to the container, after stdio and $LISTEN_FDS (default: 0)'
complete -c trunc -n '__trunc_in create' -l trace -r -F -d 'write the time of every step to FILE (Chrome and Perfetto open it)'
complete -c trunc -n '__trunc_in create' -l help -s h -d 'show help'

complete -c trunc -n __trunc_needs_command -a delete -d 'delete a container and what it holds'
complete -c trunc -n '__trunc_in delete' -l force -s f -d 'kill the container first; no error if it does not exist'
complete -c trunc -n '__trunc_in delete' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at delete 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a exec -d 'run another program in a container'
complete -c trunc -n '__trunc_in exec' -l process -s p -r -F -d 'run what this process document says (config.json\'s process)'
complete -c trunc -n '__trunc_in exec' -l detach -s d -d 'return once the program runs'
complete -c trunc -n '__trunc_in exec' -l pid-file -r -F -d 'write the program\'s process id to FILE'
complete -c trunc -n '__trunc_in exec' -l tty -s t -d 'give it a terminal'
complete -c trunc -n '__trunc_in exec' -l console-socket -r -F -d 'Unix socket that gets the master of its terminal'
complete -c trunc -n '__trunc_in exec' -l pidfd-socket -r -F -d 'Unix socket that gets a pidfd of the program'
complete -c trunc -n '__trunc_in exec' -l cwd -x -a '(__fish_complete_directories)' -d 'its working directory'
complete -c trunc -n '__trunc_in exec' -l env -s e -x -d 'add to its environment (repeatable)'
complete -c trunc -n '__trunc_in exec' -l user -s u -x -d 'its user and group'
complete -c trunc -n '__trunc_in exec' -l additional-gids -s g -x -d 'another group of it (repeatable)'
complete -c trunc -n '__trunc_in exec' -l cap -s c -x -a 'CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE' -d 'add a capability (repeatable)'
complete -c trunc -n '__trunc_in exec' -l no-new-privs -d 'let it gain no privileges'
complete -c trunc -n '__trunc_in exec' -l apparmor -x -d 'its AppArmor profile'
complete -c trunc -n '__trunc_in exec' -l process-label -x -d 'its SELinux label'
complete -c trunc -n '__trunc_in exec' -l preserve-fds -x -d 'hand N descriptors on to it, after stdio (default: 0)'
complete -c trunc -n '__trunc_in exec' -l cgroup -x -d 'run it in this cgroup beneath the container\'s, which must exist (repeatable)'
complete -c trunc -n '__trunc_in exec' -l ignore-paused -d 'in a paused container, wait until it is resumed'
complete -c trunc -n '__trunc_in exec' -l trace -r -F -d 'write the time of every step to FILE (Chrome and Perfetto open it)'
complete -c trunc -n '__trunc_in exec' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at exec 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a events -d 'print the statistics of a container every few seconds, and when it lacks memory'
complete -c trunc -n '__trunc_in events' -l interval -x -d 'time between statistics, as 500ms or 1m (default: 5s)'
complete -c trunc -n '__trunc_in events' -l stats -d 'print the statistics once'
complete -c trunc -n '__trunc_in events' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at events 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a explain -d 'print what creating a container from a bundle would do'
complete -c trunc -n '__trunc_in explain' -l format -s f -x -a 'text json' -d 'text or json (default: text)'
complete -c trunc -n '__trunc_in explain' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at explain 0' -a '(__fish_complete_directories)'

complete -c trunc -n __trunc_needs_command -a features -d 'print what this runtime supports, as JSON'
complete -c trunc -n '__trunc_in features' -l help -s h -d 'show help'

complete -c trunc -n __trunc_needs_command -a kill -d 'send a signal to a container'
complete -c trunc -n '__trunc_in kill' -l all -s a -d 'signal every process of the container'
complete -c trunc -n '__trunc_in kill' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at kill 0' -a '(__trunc_containers)'
complete -c trunc -n '__trunc_at kill 1' -a 'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'

complete -c trunc -n __trunc_needs_command -a list -d 'list containers'
complete -c trunc -n '__trunc_in list' -l format -s f -x -a 'table json' -d 'table or json (default: table)'
complete -c trunc -n '__trunc_in list' -l quiet -s q -d 'print only the ids'
complete -c trunc -n '__trunc_in list' -l help -s h -d 'show help'

complete -c trunc -n __trunc_needs_command -a pause -d 'stop all processes of a container'
complete -c trunc -n '__trunc_in pause' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at pause 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a ps -d 'list the processes of a container'
complete -c trunc -n '__trunc_in ps' -l format -s f -x -a 'table json' -d 'table or json (default: table)'
complete -c trunc -n '__trunc_in ps' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at ps 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a restore -d 'make a container anew from what checkpoint wrote'
complete -c trunc -n '__trunc_in restore' -l bundle -s b -x -a '(__fish_complete_directories)' -d 'the bundle\'s directory (default: the current one)'
complete -c trunc -n '__trunc_in restore' -l console-socket -r -F -d 'Unix socket that gets the master of the container\'s terminal'
complete -c trunc -n '__trunc_in restore' -l image-path -x -a '(__fish_complete_directories)' -d 'where the files are (default: ./checkpoint)'
complete -c trunc -n '__trunc_in restore' -l work-path -x -a '(__fish_complete_directories)' -d 'where CRIU writes its log (default: with the files)'
complete -c trunc -n '__trunc_in restore' -l tcp-established -d 'take TCP connections along'
complete -c trunc -n '__trunc_in restore' -l ext-unix-sk -d 'allow Unix sockets that lead out of the container'
complete -c trunc -n '__trunc_in restore' -l shell-job -d 'allow a session or terminal that began outside'
complete -c trunc -n '__trunc_in restore' -l file-locks -d 'take file locks along'
complete -c trunc -n '__trunc_in restore' -l lazy-pages -d 'fetch memory when it is used (userfaultfd)'
complete -c trunc -n '__trunc_in restore' -l auto-dedup -d 'punch what is stored twice out of the memory files'
complete -c trunc -n '__trunc_in restore' -l manage-cgroups-mode -x -a 'soft full strict ignore' -d 'soft, full, strict or ignore (default: soft)'
complete -c trunc -n '__trunc_in restore' -l empty-ns -x -a 'network' -d 'make this namespace anew, without what is in it; only network'
complete -c trunc -n '__trunc_in restore' -l detach -s d -d 'return once the container runs'
complete -c trunc -n '__trunc_in restore' -l pid-file -r -F -d 'write the process id to FILE'
complete -c trunc -n '__trunc_in restore' -l no-subreaper -d 'do not adopt processes that the container leaves behind'
complete -c trunc -n '__trunc_in restore' -l no-pivot -d 'without effect: CRIU makes the root its own way'
complete -c trunc -n '__trunc_in restore' -l lsm-profile -x -d 'label for the processes instead of theirs: apparmor:NAME or selinux:LABEL'
complete -c trunc -n '__trunc_in restore' -l lsm-mount-context -x -d 'SELinux label for the mounts instead of theirs'
complete -c trunc -n '__trunc_in restore' -l help -s h -d 'show help'

complete -c trunc -n __trunc_needs_command -a resume -d 'let the processes of a paused container go on'
complete -c trunc -n '__trunc_in resume' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at resume 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a run -d 'create and start a container'
complete -c trunc -n '__trunc_in run' -l bundle -s b -x -a '(__fish_complete_directories)' -d 'the bundle\'s directory (default: the current one)'
complete -c trunc -n '__trunc_in run' -l console-socket -r -F -d 'Unix socket that gets the master of the container\'s terminal'
complete -c trunc -n '__trunc_in run' -l pidfd-socket -r -F -d 'Unix socket that gets a pidfd of the container\'s first process'
complete -c trunc -n '__trunc_in run' -l pid-file -r -F -d 'write the process id to FILE'
complete -c trunc -n '__trunc_in run' -l no-pivot -d 'do not use pivot_root (for a rootfs on a ramdisk)'
complete -c trunc -n '__trunc_in run' -l no-new-keyring -d 'keep the caller\'s session keyring instead of making one'
complete -c trunc -n '__trunc_in run' -l preserve-fds -x -d 'hand N descriptors on to the container, after stdio and $LISTEN_FDS (default: 0)'
complete -c trunc -n '__trunc_in run' -l trace -r -F -d 'write the time of every step to FILE (Chrome and Perfetto open it)'
complete -c trunc -n '__trunc_in run' -l detach -s d -d 'return once the container runs'
complete -c trunc -n '__trunc_in run' -l keep -d 'do not delete the container after it exited'
complete -c trunc -n '__trunc_in run' -l no-subreaper -d 'do not adopt processes that the container leaves behind'
complete -c trunc -n '__trunc_in run' -l help -s h -d 'show help'

complete -c trunc -n __trunc_needs_command -a seccomp -d 'show the filter of a bundle or profile, or what it says to a system call'
complete -c trunc -n '__trunc_in seccomp' -l arch -x -a 'x86 x86_64 x32 arm aarch64 mips mipsel mips64 mipsel64 mips64n32 mipsel64n32 ppc ppc64 ppc64le riscv64 s390 s390x loongarch64' -d 'test: the call\'s architecture, as x86 or SCMP_ARCH_X86 (default: this machine\'s)'
complete -c trunc -n '__trunc_in seccomp' -l format -s f -x -a 'text json' -d 'text or json (default: text)'
complete -c trunc -n '__trunc_in seccomp' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at seccomp 0' -a 'disasm test'
complete -c trunc -n '__trunc_at seccomp 1' -F

complete -c trunc -n __trunc_needs_command -a spec -d 'write a config.json to start from'
complete -c trunc -n '__trunc_in spec' -l bundle -s b -x -a '(__fish_complete_directories)' -d 'the bundle\'s directory (default: the current one)'
complete -c trunc -n '__trunc_in spec' -l rootless -d 'for a container of an ordinary user'
complete -c trunc -n '__trunc_in spec' -l help -s h -d 'show help'

complete -c trunc -n __trunc_needs_command -a start -d 'start the program of a created container'
complete -c trunc -n '__trunc_in start' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at start 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a state -d 'print the state of a container, as JSON'
complete -c trunc -n '__trunc_in state' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at state 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a update -d 'change the limits of a container'
complete -c trunc -n '__trunc_in update' -l resources -s r -r -F -d 'read the limits, as JSON, from FILE or - (all others are ignored)'
complete -c trunc -n '__trunc_in update' -l blkio-weight -x -d 'relative weight for block devices, 10 to 1000'
complete -c trunc -n '__trunc_in update' -l cpu-period -x -d 'period of the CPU quota'
complete -c trunc -n '__trunc_in update' -l cpu-quota -x -d 'CPU time in a period, -1 for no limit'
complete -c trunc -n '__trunc_in update' -l cpu-burst -x -d 'CPU time saved up beyond the quota'
complete -c trunc -n '__trunc_in update' -l cpu-share -x -d 'relative weight for CPU time'
complete -c trunc -n '__trunc_in update' -l cpu-rt-period -x -d 'period of the realtime runtime'
complete -c trunc -n '__trunc_in update' -l cpu-rt-runtime -x -d 'realtime CPU time in a period'
complete -c trunc -n '__trunc_in update' -l cpuset-cpus -x -d 'CPUs to use, as 0-2,7'
complete -c trunc -n '__trunc_in update' -l cpuset-mems -x -d 'memory nodes to use'
complete -c trunc -n '__trunc_in update' -l memory -x -d 'memory limit, as 64M; -1 for none'
complete -c trunc -n '__trunc_in update' -l cpu-idle -x -d 'run only when nothing else wants the CPU'
complete -c trunc -n '__trunc_in update' -l memory-reservation -x -d 'memory that is kept when the machine lacks it'
complete -c trunc -n '__trunc_in update' -l memory-swap -x -d 'limit of memory and swap together; -1 for none'
complete -c trunc -n '__trunc_in update' -l pids-limit -x -d 'most processes, -1 for no limit'
complete -c trunc -n '__trunc_in update' -l l3-cache-schema -x -d 'Intel RDT/CAT schema of the L3 cache'
complete -c trunc -n '__trunc_in update' -l mem-bw-schema -x -d 'Intel RDT/MBA schema of the memory bandwidth'
complete -c trunc -n '__trunc_in update' -l help -s h -d 'show help'
complete -c trunc -n '__trunc_at update 0' -a '(__trunc_containers)'

complete -c trunc -n __trunc_needs_command -a help -d 'show help, of trunc or of a command'
complete -c trunc -n '__trunc_at help 0' -a 'check checkpoint completion create delete exec events explain features kill list pause ps restore resume run seccomp spec start state update help'
