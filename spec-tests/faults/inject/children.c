// Who is left: the injector is the subreaper of all that it ran, so orphans are its children, whatever namespace they are in.
#include "inject.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool lives(pid_t pid) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  char *text = fgets(line, sizeof line, file);
  fclose(file);
  char *end = text == NULL ? NULL : strrchr(text, ')');
  return end != NULL && end[1] != 0 && end[2] != 'Z' && end[2] != 'X';
}

int living_children(pid_t *pids, int limit) {
  char path[64], line[8192];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  FILE *file = fopen(path, "re");
  if (file == NULL) return 0;
  char *text = fgets(line, sizeof line, file);
  fclose(file);
  int count = 0;
  for (char *word = text == NULL ? NULL : strtok(text, " \n"); word != NULL && count < limit; word = strtok(NULL, " \n")) {
    pid_t pid = atoi(word);
    if (pid > 0 && lives(pid)) pids[count++] = pid;
  }
  return count;
}
