// A claude without a model: answers the handshake at once and then does what the
// variable BENCH_PLAN says, as fast as a process can. Built by stand_in.ts.
//
//   file PATH TIMES          each prompt gives the lines of the file, TIMES over
//   stamped COUNT PER_SECOND deltas whose text is the time they were written at, in
//                            microseconds; PER_SECOND 0 is full speed
//   permission COUNT         so many can_use_tool requests, each after the answer before
//   hook COUNT               the same with hook_callback
//   tool COUNT               the same with tools/call of an in-process MCP server
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SESSION "42955568-e463-430e-b7c6-8e0becef5e18"
#define TAIL "\"session_id\":\"" SESSION "\",\"uuid\":\"b2f22ede-9aaa-4282-bc34-0ef59f004a38\"}\n"

static char *line;
static size_t capacity;
static char hook[128], server[128], prompt[128];

static int next_line(void) { return getline(&line, &capacity, stdin) > 0; }

static void put(const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t written = write(1, bytes, size);
    if (written <= 0) exit(0);
    bytes += written;
    size -= written;
  }
}

static void say(const char *text) { put(text, strlen(text)); }

// The string behind a key, or behind its opening bracket.
static int text_after(const char *key, char *target, size_t size) {
  const char *at = strstr(line, key);
  if (at == NULL) return 0;
  at += strlen(key);
  const char *end = strchr(at, '"');
  size_t length = end == NULL ? 0 : (size_t)(end - at);
  if (length == 0 || length >= size) return 0;
  memcpy(target, at, length);
  target[length] = 0;
  return 1;
}

static void answer(void) {
  char id[128] = "", text[512];
  text_after("\"request_id\":\"", id, sizeof id);
  if (strstr(line, "\"initialize\"") != NULL) {
    text_after("\"hookCallbackIds\":[\"", hook, sizeof hook);
    text_after("\"sdkMcpServers\":[\"", server, sizeof server);
  }
  snprintf(text, sizeof text,
    "{\"type\":\"control_response\",\"response\":{\"subtype\":\"success\",\"request_id\":\"%s\","
    "\"response\":{\"commands\":[],\"agents\":[],\"output_style\":\"default\","
    "\"available_output_styles\":[\"default\"],\"models\":[],\"account\":{},\"pid\":1}}}\n", id);
  say(text);
}

// Names its prompt, as the CLI does: a file of recordings holds results of other ones. A session
// whose tool is not among those of its first init ends.
static void begin(void) {
  say("{\"type\":\"system\",\"subtype\":\"init\",\"user_message_uuids\":[\"");
  say(prompt);
  say("\"],\"cwd\":\"/tmp\",\"tools\":[\"mcp__tools__add\"],\"mcp_servers\":[],\"model\":\"claude-opus-5-5\","
    "\"permissionMode\":\"default\",\"slash_commands\":[],\"apiKeySource\":\"none\","
    "\"claude_code_version\":\"2.1.330\",\"output_style\":\"default\",\"agents\":[],"
    "\"skills\":[],\"plugins\":[]," TAIL);
}

static void finish(void) {
  say("{\"type\":\"result\",\"user_message_uuids\":[\"");
  say(prompt);
  say("\"],\"subtype\":\"success\",\"is_error\":false,\"duration_ms\":1,"
    "\"duration_api_ms\":1,\"num_turns\":1,\"result\":\"ok\",\"stop_reason\":\"end_turn\","
    "\"total_cost_usd\":0.0008,\"usage\":{\"input_tokens\":100,\"output_tokens\":20},"
    "\"modelUsage\":{},\"permission_denials\":[]," TAIL);
}

static void stream_file(const char *path, int times) {
  int file = open(path, O_RDONLY);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) exit(3);
  char *bytes = malloc(about.st_size + 1);
  size_t size = 0;
  for (ssize_t got; (got = read(file, bytes + size, about.st_size - size)) > 0;) size += got;
  close(file);
  for (int i = 0; i < times; i++) put(bytes, size);
  free(bytes);
}

static long long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void stamped(int count, int per_second) {
  char text[512];
  for (int i = 0; i < count; i++) {
    if (per_second > 0) usleep(1000000 / per_second);
    snprintf(text, sizeof text,
      "{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_delta\",\"index\":0,"
      "\"delta\":{\"type\":\"text_delta\",\"text\":\"%lld\"}},\"parent_tool_use_id\":null," TAIL,
      now_us());
    say(text);
  }
}

static void wait_for_response(void) {
  while (next_line()) {
    if (strstr(line, "\"control_response\"") != NULL) return;
    if (strstr(line, "\"control_request\"") != NULL) answer();
  }
  exit(0);
}

static void ask(const char *request) {
  static int count;
  char text[1024];
  snprintf(text, sizeof text,
    "{\"type\":\"control_request\",\"request_id\":\"ask-%d\",\"request\":{%s}}\n", count++, request);
  say(text);
  wait_for_response();
}

static void rounds(const char *kind, int count) {
  char text[768];
  if (strcmp(kind, "permission") == 0) {
    for (int i = 0; i < count; i++) {
      snprintf(text, sizeof text,
        "\"subtype\":\"can_use_tool\",\"tool_name\":\"Read\",\"display_name\":\"Read\","
        "\"input\":{\"file_path\":\"/tmp/a\"},\"tool_use_id\":\"toolu_%d\"", i);
      ask(text);
    }
  } else if (strcmp(kind, "hook") == 0) {
    for (int i = 0; i < count; i++) {
      snprintf(text, sizeof text,
        "\"subtype\":\"hook_callback\",\"callback_id\":\"%s\",\"input\":{\"session_id\":\"" SESSION "\","
        "\"transcript_path\":\"/tmp/t\",\"cwd\":\"/tmp\",\"hook_event_name\":\"PreToolUse\","
        "\"tool_name\":\"Read\",\"tool_input\":{\"file_path\":\"/tmp/a\"},\"tool_use_id\":\"toolu_%d\"},"
        "\"tool_use_id\":\"toolu_%d\"", hook, i, i);
      ask(text);
    }
  } else {
    const char *frame = "\"subtype\":\"mcp_message\",\"server_name\":\"%s\",\"message\":%s";
    snprintf(text, sizeof text, frame, server,
      "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\","
      "\"capabilities\":{},\"clientInfo\":{\"name\":\"bench\",\"version\":\"1\"}}}");
    ask(text);
    snprintf(text, sizeof text, frame, server,
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    ask(text);
    for (int i = 0; i < count; i++) {
      char call[256];
      snprintf(call, sizeof call,
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{\"name\":\"add\","
        "\"arguments\":{\"a\":1,\"b\":2}}}", i + 1);
      snprintf(text, sizeof text, frame, server, call);
      ask(text);
    }
  }
}

static void turn(void) {
  text_after("\"uuid\":\"", prompt, sizeof prompt);
  const char *plan = getenv("BENCH_PLAN");
  char kind[32] = "", path[4096] = "";
  int count = 0, other = 0;
  if (plan != NULL) sscanf(plan, "%31s", kind);
  begin();
  if (strcmp(kind, "file") == 0 && sscanf(plan, "file %4095s %d", path, &count) == 2) {
    stream_file(path, count);
  } else if (strcmp(kind, "stamped") == 0 && sscanf(plan, "stamped %d %d", &count, &other) == 2) {
    stamped(count, other);
  } else if (kind[0] != 0 && sscanf(plan, "%*s %d", &count) == 1) {
    rounds(kind, count);
  }
  finish();
}

int main(int argc, char **argv) {
  int streams = 0;
  for (int i = 1; i < argc; i++) streams |= strstr(argv[i], "stream-json") != NULL;
  if (!streams) {
    // As `claude -p`; also `claude --version`.
    say("2.1.330 (Claude Code)\n");
    return 0;
  }
  while (next_line()) {
    if (strstr(line, "\"type\":\"control_request\"") != NULL) answer();
    else if (strstr(line, "\"type\":\"user\"") != NULL) turn();
  }
  return 0;
}
