// update: every flag with good and bad values, and the JSON of engines.

import { type Case, lines } from "../case.ts";

const IN_RUNNING = { container: "running" } as const;

const resources = (text: string, argv = ["update", "--resources", "-", "{id}"]): Case => ({
  argv,
  stdin: text,
  ...IN_RUNNING,
});

export const UPDATE: readonly Case[] = [
  ...lines(
    `
    update {id}
    update --memory 64M {id}
    update --memory 67108864 {id}
    update --memory 64m --memory-swap 128m {id}
    update --memory-swap 128m {id}
    update --memory-swap -1 {id}
    update --memory -1 {id}
    update --memory 64MiB {id}
    update --memory 1.5g {id}
    update --memory lots {id}
    update --memory 64X {id}
    update --memory -5 {id}
    update --memory 1k {id}
    update --memory= {id}
    update --memory-reservation 32M {id}
    update --memory-reservation lots {id}
    update --kernel-memory 32M {id}
    update --kernel-memory-tcp 32M {id}
    update --kernel-memory lots {id}
    update --cpu-share 512 {id}
    update --cpu-share=-1 {id}
    update --cpu-share 1.5 {id}
    update --cpu-share many {id}
    update --cpu-share 1 {id}
    update --cpu-period 100000 --cpu-quota 50000 {id}
    update --cpu-quota 50000 {id}
    update --cpu-quota=-1 {id}
    update --cpu-quota many {id}
    update --cpu-period 1 {id}
    update --cpu-period 50000 {id}
    update --cpu-period many {id}
    update --cpu-burst 10000 --cpu-quota 50000 {id}
    update --cpu-burst many {id}
    update --cpu-rt-period many {id}
    update --cpu-rt-runtime many {id}
    update --cpu-idle 1 {id}
    update --cpu-idle 0 {id}
    update --cpu-idle 2 {id}
    update --cpu-idle many {id}
    update --cpuset-cpus 0 {id}
    update --cpuset-cpus 0-1 {id}
    update --cpuset-cpus 99999 {id}
    update --cpuset-cpus all {id}
    update --cpuset-mems 0 {id}
    update --cpuset-mems 99999 {id}
    update --pids-limit 10 {id}
    update --pids-limit -1 {id}
    update --pids-limit 0 {id}
    update --pids-limit=-2 {id}
    update --blkio-weight 500 {id}
    update --blkio-weight 5 {id}
    update --blkio-weight -1 {id}
    update --blkio-weight 99999 {id}
    update --l3-cache-schema L3:0=f {id}
    update --mem-bw-schema MB:0=20 {id}
    update -r {dir}/none {id}
    update -r {dir} {id}
    update --resources= {id}
    update --memory 0 {id}
    update --memory 0x4000000 {id}
    update --memory 64mb {id}
    update --memory 64Kib {id}
    update --memory 67108864b {id}
    update --memory 1e8 {id}
    update --memory .5g {id}
    update --memory 5. {id}
    update --memory -1k {id}
    update --memory 9223372036854775808 {id}
    update --memory 1p {id}
    update --memory 64M --memory-swap 32M {id}
    update --memory 64M --memory-swap -1 {id}
    update --memory-swap 0 {id}
    update --memory-reservation -1 {id}
    update --memory-reservation 0 {id}
    update --pids-limit many {id}
    update --pids-limit 0x10 {id}
    update --pids-limit 9223372036854775808 {id}
    update --blkio-weight 0 {id}
    update --blkio-weight 10 {id}
    update --blkio-weight 1000 {id}
    update --blkio-weight 1001 {id}
    update --cpu-share 0 {id}
    update --cpu-share 2 {id}
    update --cpu-share 262144 {id}
    update --cpu-share 262145 {id}
    update --cpu-share 0x200 {id}
    update --cpu-share +512 {id}
    update --cpu-quota 0 {id}
    update --cpu-quota 999 {id}
    update --cpu-quota 0x10000 {id}
    update --cpu-period 0 {id}
    update --cpu-period 1000 {id}
    update --cpu-period 1000001 {id}
    update --cpu-period=-1 {id}
    update --cpu-burst 0 {id}
    update --cpu-burst=-1 {id}
    update --cpu-rt-runtime 0 {id}
    update --cpu-rt-runtime=-1 {id}
    update --cpu-rt-period 0 {id}
    update --cpu-idle= {id}
    update --cpu-idle=-1 {id}
    update --cpu-idle 0x1 {id}
    update --cpuset-cpus= {id}
    update --cpuset-cpus 0, {id}
    update --cpuset-cpus 1-0 {id}
    update --cpuset-mems= {id}
    update --kernel-memory= {id}
    update --memory
    update
    update --nosuch {id}
    update --memory 64M {id} more
    `,
    IN_RUNNING,
  ),
  resources('{"memory":{"limit":67108864,"swap":134217728}}'),
  resources('{"cpu":{"quota":50000,"period":100000}}'),
  resources('{"pids":{"limit":33}}', ["update", "--resources=-", "{id}"]),
  resources('{"pids":{"limit":33}}', ["update", "-r", "-", "--memory", "lots", "{id}"]),
  resources(
    '{"memory":{"limit":67108864,"reservation":0,"swap":134217728,"kernel":0},"cpu":{"shares":0,"quota":0,"period":0},"blockIO":{"weight":0}}',
  ),
  resources(
    '{"memory":{"limit":0,"reservation":0,"kernel":0},"cpu":{"shares":0,"quota":50000,"period":100000},"blockIO":{"weight":0}}',
  ),
  resources(
    '{"devices":[{"allow":false,"access":"rwm"}],"memory":{"limit":33554432,"swap":33554432},"cpu":{"shares":512,"quota":50000,"period":100000}}',
  ),
  resources("{}"),
  resources(""),
  resources("{"),
  resources("[]"),
  resources('{"memory":{"limit":"lots"}}'),
  resources('{"memory":{"limit":-5}}'),
  resources('{"cpu":{"shares":-1}}'),
  resources('{"nosuch":1}'),
];
