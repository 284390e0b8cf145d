// The allowed devices as a BPF_PROG_TYPE_CGROUP_DEVICE program, for pure cgroup v2.
#include "floor.h"
#include <linux/bpf.h>
#include <string.h>

enum { MAX_INSTRUCTIONS = 512 };
static struct bpf_insn program[MAX_INSTRUCTIONS];
static int length;

static void emit(struct bpf_insn instruction) { program[length++] = instruction; }

static void load(int reg, int offset) {
  emit((struct bpf_insn){.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = reg, .src_reg = BPF_REG_1, .off = offset});
}

static void move(int to, int from) {
  emit((struct bpf_insn){.code = BPF_ALU | BPF_MOV | BPF_X, .dst_reg = to, .src_reg = from});
}

static void alu(int op, int reg, int value) {
  emit((struct bpf_insn){.code = BPF_ALU | op | BPF_K, .dst_reg = reg, .imm = value});
}

static void finish(int verdict) {
  emit((struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = verdict});
  emit((struct bpf_insn){.code = BPF_JMP | BPF_EXIT});
}

/** Jumps past the rule when the register differs; the distance is set once the rule's end is known. */
static void unless_equal(int reg, int value) {
  emit((struct bpf_insn){.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = reg, .imm = value, .off = -1});
}

static int access_of(const char *text) {
  return (strchr(text, 'r') ? BPF_DEVCG_ACC_READ : 0) | (strchr(text, 'w') ? BPF_DEVCG_ACC_WRITE : 0) |
         (strchr(text, 'm') ? BPF_DEVCG_ACC_MKNOD : 0);
}

static void emit_rule(const struct device_rule *rule) {
  int start = length;
  if (rule->type != 'a') unless_equal(BPF_REG_2, rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
  int access = access_of(rule->access);
  if (access != 7) { // all of what is asked must be allowed by the rule
    move(BPF_REG_6, BPF_REG_3);
    alu(BPF_AND, BPF_REG_6, ~access & 7);
    unless_equal(BPF_REG_6, 0);
  }
  if (rule->major >= 0) unless_equal(BPF_REG_4, rule->major);
  if (rule->minor >= 0) unless_equal(BPF_REG_5, rule->minor);
  finish(1);
  for (int i = start; i < length; i++)
    if (program[i].off == -1) program[i].off = (short)(length - i - 1);
}

void devices_attach(int cgroup_fd) {
  load(BPF_REG_2, offsetof(struct bpf_cgroup_dev_ctx, access_type));
  move(BPF_REG_3, BPF_REG_2);
  alu(BPF_AND, BPF_REG_2, 0xffff);
  alu(BPF_RSH, BPF_REG_3, 16);
  load(BPF_REG_4, offsetof(struct bpf_cgroup_dev_ctx, major));
  load(BPF_REG_5, offsetof(struct bpf_cgroup_dev_ctx, minor));
  for (const struct device_rule *rule = bundle.allowed; rule->type; rule++) emit_rule(rule);
  finish(0);

  union bpf_attr prog = {
      .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
      .insns = (uint64_t)(uintptr_t)program,
      .insn_cnt = (unsigned)length,
      .license = (uint64_t)(uintptr_t) "Apache-2.0",
  };
  int fd = check(syscall(SYS_bpf, BPF_PROG_LOAD, &prog, sizeof prog), "bpf", "BPF_PROG_LOAD");
  union bpf_attr attach = {
      .target_fd = (unsigned)cgroup_fd,
      .attach_bpf_fd = (unsigned)fd,
      .attach_type = BPF_CGROUP_DEVICE,
      .attach_flags = BPF_F_ALLOW_MULTI,
  };
  check(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach), "bpf", "BPF_PROG_ATTACH");
  close(fd);
}
