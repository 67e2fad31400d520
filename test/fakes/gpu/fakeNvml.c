/*
 * A stand-in for NVIDIA's libnvidia-ml.so.1. It plays the file `scenario.txt` that lies beside it (see scenario.ts for the
 * lines) and reads it again when it changes. -DOLD_LIBRARY leaves out what old versions lack, -DNO_NVML everything.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef NO_NVML
int somethingElse(void) { return 0; }
#else

#define MOST 64
#define MOST_PROCESSES 2048
#define MOST_STEPS 64
enum { OK = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, NO_DRIVER = 9, LOST = 15, MISMATCH = 18 };

typedef struct { char key[32]; char value[256]; } Field;
typedef struct { Field fields[40]; int count; } Line;
typedef struct { Line line; int is_mig; char parent[96]; } Device;
typedef struct { char gpu[96]; char kind[12]; uint32_t pid, gi, ci; uint64_t used; } Process;
typedef struct { char uuid[96]; int step; } Slot;

static Device devices[MOST];
static Process processes[MOST_PROCESSES];
static int device_count, process_count;
static char mode[32], driver[64];
static int cuda;
static struct timespec read_at;
static ino_t read_inode;
/* Handles stay good when the file is read again in another order: they are found by UUID. */
static Slot slots[MOST];
static int slot_count;

static const char *find(const Line *line, const char *key) {
  for (int i = 0; i < line->count; i++) if (strcmp(line->fields[i].key, key) == 0) return line->fields[i].value;
  return NULL;
}

static void parse(char *text, Line *line) {
  line->count = 0;
  for (char *save = NULL, *word = strtok_r(text, " \t\r\n", &save); word && line->count < 40; word = strtok_r(NULL, " \t\r\n", &save)) {
    char *equals = strchr(word, '=');
    Field *field = &line->fields[line->count++];
    memset(field, 0, sizeof *field);
    if (!equals) { strncpy(field->key, word, sizeof field->key - 1); continue; }
    *equals = 0;
    strncpy(field->key, word, sizeof field->key - 1);
    strncpy(field->value, equals + 1, sizeof field->value - 1);
    for (char *at = field->value; *at; at++) if (*at == '_') *at = ' ';
  }
}

static void accept(Line *line) {
  const char *kind = line->count ? line->fields[0].key : "";
  if (strcmp(kind, "driver") == 0) {
    strncpy(driver, find(line, "version") ? find(line, "version") : "", sizeof driver - 1);
    strncpy(mode, find(line, "mode") ? find(line, "mode") : "ok", sizeof mode - 1);
    cuda = find(line, "cuda") ? atoi(find(line, "cuda")) : 12080;
  } else if ((strcmp(kind, "device") == 0 || strcmp(kind, "mig") == 0) && device_count < MOST) {
    Device *device = &devices[device_count++];
    device->line = *line;
    device->is_mig = kind[0] == 'm';
    strncpy(device->parent, find(line, "gpu") ? find(line, "gpu") : "", sizeof device->parent - 1);
  } else if (strcmp(kind, "process") == 0 && process_count < MOST_PROCESSES) {
    Process *process = &processes[process_count++];
    memset(process, 0, sizeof *process);
    strncpy(process->gpu, find(line, "gpu"), sizeof process->gpu - 1);
    strncpy(process->kind, find(line, "kind") ? find(line, "kind") : "compute", sizeof process->kind - 1);
    process->pid = (uint32_t)atoi(find(line, "pid"));
    process->gi = find(line, "gi") ? (uint32_t)atoi(find(line, "gi")) : 0xffffffffu;
    process->ci = find(line, "ci") ? (uint32_t)atoi(find(line, "ci")) : 0xffffffffu;
    process->used = find(line, "used") && strcmp(find(line, "used"), "na") ? strtoull(find(line, "used"), NULL, 10) : UINT64_MAX;
  }
}

static void load(void) {
  Dl_info info;
  char path[4096];
  if (!dladdr((void *)load, &info)) return;
  snprintf(path, sizeof path, "%s", info.dli_fname);
  char *slash = strrchr(path, '/');
  if (!slash) return;
  strcpy(slash + 1, "scenario.txt");
  struct stat facts;
  if (stat(path, &facts) != 0) return;
  if (facts.st_ino == read_inode && facts.st_mtim.tv_sec == read_at.tv_sec && facts.st_mtim.tv_nsec == read_at.tv_nsec) return;
  FILE *file = fopen(path, "r");
  if (!file) return;
  read_at = facts.st_mtim;
  read_inode = facts.st_ino;
  device_count = process_count = 0;
  char text[4096];
  while (fgets(text, sizeof text, file)) { Line line; parse(text, &line); accept(&line); }
  fclose(file);
}

/* Every call passes here: a hanging driver keeps the caller until the scenario says otherwise. */
static int enter(void) {
  load();
  while (strcmp(mode, "hang") == 0) { usleep(20000); load(); }
  if (strcmp(mode, "crash") == 0) abort();
  if (strcmp(mode, "mismatch") == 0) return MISMATCH;
  if (strcmp(mode, "not-loaded") == 0) return NO_DRIVER;
  return OK;
}

static void *to_handle(const char *uuid) {
  for (int i = 0; i < slot_count; i++) if (strcmp(slots[i].uuid, uuid) == 0) return (void *)(uintptr_t)(i + 1);
  if (slot_count == MOST) return NULL;
  strncpy(slots[slot_count].uuid, uuid, sizeof slots[0].uuid - 1);
  return (void *)(uintptr_t)(++slot_count);
}

static Device *to_device(void *handle) {
  uintptr_t at = (uintptr_t)handle;
  if (at == 0 || at > (uintptr_t)slot_count) return NULL;
  for (int i = 0; i < device_count; i++) if (strcmp(find(&devices[i].line, "uuid"), slots[at - 1].uuid) == 0) return &devices[i];
  return NULL;
}

/* A value may be a list, of which each reading takes the next: `used=100,200,300`. */
static int read_value(void *handle, const char *key, uint64_t *value) {
  int code = enter();
  if (code) return code;
  Device *device = to_device(handle);
  if (!device || (find(&device->line, "state") && strcmp(find(&device->line, "state"), "lost") == 0)) return LOST;
  const char *text = find(&device->line, key);
  if (!text || strcmp(text, "na") == 0) return NOT_SUPPORTED;
  Slot *slot = &slots[(uintptr_t)handle - 1];
  int step = strcmp(key, "used") == 0 ? slot->step++ : slot->step;
  for (; step > 0 && strchr(text, ','); step--) text = strchr(text, ',') + 1;
  *value = text[0] == '-' ? (uint64_t)strtoll(text, NULL, 10) : strtoull(text, NULL, 10);
  return OK;
}

static int read_number(void *handle, const char *key, unsigned int *value) {
  uint64_t wide = 0;
  int code = read_value(handle, key, &wide);
  if (code == OK) *value = (unsigned int)wide;
  return code;
}

static int read_text(void *handle, const char *key, char *text, unsigned int size) {
  int code = enter();
  if (code) return code;
  Device *device = to_device(handle);
  if (!device) return LOST;
  const char *value = find(&device->line, key);
  if (!value) return NOT_SUPPORTED;
  if (strlen(value) + 1 > size) return TOO_SMALL;
  strcpy(text, value);
  return OK;
}

static Device *nth(unsigned int index, const char *parent) {
  for (int i = 0; i < device_count; i++) {
    if (parent ? !devices[i].is_mig || strcmp(devices[i].parent, parent) : devices[i].is_mig) continue;
    if (index-- == 0) return &devices[i];
  }
  return NULL;
}

int nvmlInit_v2(void) { return enter(); }
int nvmlShutdown(void) { return OK; }
int nvmlDeviceGetCount_v2(unsigned int *count) {
  int code = enter();
  for (*count = 0; nth(*count, NULL); (*count)++);
  return code;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **handle) {
  int code = enter();
  if (code) return code;
  Device *device = nth(index, NULL);
  if (!device) return INVALID;
  if (find(&device->line, "state") && strcmp(find(&device->line, "state"), "lost") == 0) return LOST;
  *handle = to_handle(find(&device->line, "uuid"));
  return OK;
}
int nvmlDeviceGetUUID(void *handle, char *text, unsigned int size) { return read_text(handle, "uuid", text, size); }
int nvmlDeviceGetName(void *handle, char *text, unsigned int size) { return read_text(handle, "name", text, size); }
int nvmlDeviceGetMemoryInfo(void *handle, uint64_t *info) {
  int code = read_value(handle, "total", &info[0]);
  if (code) return code;
  code = read_value(handle, "used", &info[2]);
  if (code) return code;
  info[1] = info[0] - info[2];
  read_value(handle, "free", &info[1]);
  return OK;
}

static int list(void *handle, const char *kind, unsigned int *count, char *out, size_t size) {
  int code = enter();
  if (code) return code;
  Device *device = to_device(handle);
  if (!device) return LOST;
  const char *uuid = find(&device->line, "uuid");
  unsigned int found = 0, room = *count;
  for (int i = 0; i < process_count; i++) {
    if (strcmp(processes[i].gpu, uuid) || strcmp(processes[i].kind, kind)) continue;
    if (found++ >= room) continue;
    char *entry = out + (found - 1) * size;
    memcpy(entry, &processes[i].pid, 4);
    memcpy(entry + 8, &processes[i].used, 8);
    if (size == 24) { memcpy(entry + 16, &processes[i].gi, 4); memcpy(entry + 20, &processes[i].ci, 4); }
  }
  *count = found;
  return found > room ? TOO_SMALL : OK;
}

#ifdef OLD_LIBRARY
int nvmlDeviceGetComputeRunningProcesses(void *handle, unsigned int *count, char *out) { return list(handle, "compute", count, out, 16); }
#else
int nvmlSystemGetDriverVersion(char *text, unsigned int size) { int code = enter(); if (!code) snprintf(text, size, "%s", driver); return code; }
int nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = cuda; return enter(); }
int nvmlDeviceGetMemoryInfo_v2(void *handle, char *info) {
  uint32_t version;
  memcpy(&version, info, 4);
  if (version != (40u | 2u << 24)) return 25;
  uint64_t first[3];
  int code = nvmlDeviceGetMemoryInfo(handle, first);
  if (code) return code;
  memcpy(info + 8, &first[0], 8);
  memcpy(info + 24, &first[1], 8);
  memcpy(info + 32, &first[2], 8);
  return OK;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, unsigned int *count, char *out) { return list(handle, "compute", count, out, 24); }
int nvmlDeviceGetGraphicsRunningProcesses_v3(void *handle, unsigned int *count, char *out) { return list(handle, "graphics", count, out, 24); }
int nvmlDeviceGetMPSComputeRunningProcesses_v3(void *handle, unsigned int *count, char *out) { return list(handle, "mps", count, out, 24); }
int nvmlDeviceGetPciInfo_v3(void *handle, char *info) { return read_text(handle, "bus", info + 36, 32); }
int nvmlDeviceGetCudaComputeCapability(void *handle, int *major, int *minor) {
  char text[32];
  int code = read_text(handle, "cc", text, sizeof text);
  if (code) return code;
  return sscanf(text, "%d.%d", major, minor) == 2 ? OK : NOT_SUPPORTED;
}
int nvmlDeviceGetUtilizationRates(void *handle, unsigned int *rates) {
  int code = read_number(handle, "util", &rates[0]);
  if (code) return code;
  rates[1] = 0;
  read_number(handle, "memutil", &rates[1]);
  return OK;
}
int nvmlDeviceGetTemperature(void *handle, int sensor, unsigned int *value) { return sensor ? INVALID : read_number(handle, "temp", value); }
int nvmlDeviceGetTemperatureThreshold(void *handle, int kind, unsigned int *value) { return kind == 1 ? read_number(handle, "templimit", value) : INVALID; }
int nvmlDeviceGetPowerUsage(void *handle, unsigned int *value) { return read_number(handle, "power", value); }
int nvmlDeviceGetEnforcedPowerLimit(void *handle, unsigned int *value) { return read_number(handle, "powerlimit", value); }
int nvmlDeviceGetClockInfo(void *handle, int kind, unsigned int *value) { return read_number(handle, kind == 2 ? "memclock" : "clock", value); }
int nvmlDeviceGetMaxClockInfo(void *handle, int kind, unsigned int *value) { return kind == 0 ? read_number(handle, "maxclock", value) : NOT_SUPPORTED; }
int nvmlDeviceGetFanSpeed(void *handle, unsigned int *value) { return read_number(handle, "fan", value); }
int nvmlDeviceGetCurrentClocksThrottleReasons(void *handle, uint64_t *mask) { return read_value(handle, "throttle", mask); }
int nvmlDeviceGetDisplayActive(void *handle, unsigned int *value) { return read_number(handle, "display", value); }
int nvmlDeviceGetMigMode(void *handle, unsigned int *current, unsigned int *pending) { *pending = 0; return read_number(handle, "mig", current); }
int nvmlDeviceGetMaxMigDeviceCount(void *handle, unsigned int *count) { (void)handle; *count = 7; return enter(); }
int nvmlDeviceGetMigDeviceHandleByIndex(void *handle, unsigned int index, void **out) {
  Device *device = to_device(handle);
  Device *instance = device ? nth(index, find(&device->line, "uuid")) : NULL;
  if (!instance) return NOT_FOUND;
  *out = to_handle(find(&instance->line, "uuid"));
  return OK;
}
int nvmlDeviceGetGpuInstanceId(void *handle, unsigned int *id) { return read_number(handle, "gi", id); }
int nvmlDeviceGetComputeInstanceId(void *handle, unsigned int *id) { return read_number(handle, "ci", id); }
#endif
#endif
