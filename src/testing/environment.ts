/** Options of `MessagesApi.environment`. */
export interface EnvironmentOptions {
  /** The home directory, such as that of a `Scratch`. */
  readonly home: string;
  /**
   * The directory for temporary files.
   *
   * @default the home directory
   */
  readonly temporary?: string;
  /**
   * Search path for commands.
   *
   * @default "/usr/local/bin:/usr/bin:/bin"; on Windows the PATH of this process
   */
  readonly path?: string;
  /**
   * Kind of fake credential for the CLI: an API key, a subscription token (needed for
   * `rate_limit_event`), or none.
   *
   * @default "api-key"
   */
  readonly credential?: "api-key" | "subscription" | "none";
}

/**
 * Returns the complete environment for a `claude` that talks only to one server.
 *
 * @param url The base URL of the server.
 * @param options The home directory, and more.
 * @returns The variables.
 */
export function environmentFor(
  url: string,
  options: EnvironmentOptions,
): Record<string, string> {
  const temporary = options.temporary ?? options.home;
  return {
    ...systemVariables(options),
    ...credentialVariables(options.credential ?? "api-key"),
    HOME: options.home,
    // Without it CLI 2.1.330 creates claude-<user id> and cc-socks in /tmp.
    TMPDIR: temporary,
    TERM: "dumb",
    LANG: "C.UTF-8",
    TZ: "UTC",
    ANTHROPIC_BASE_URL: url,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    // Makes the CLI accept --dangerously-skip-permissions when the tests run as root.
    IS_SANDBOX: "1",
  };
}

function systemVariables(options: EnvironmentOptions): Record<string, string> {
  if (Deno.build.os !== "windows") {
    return { PATH: options.path ?? "/usr/local/bin:/usr/bin:/bin" };
  }
  // Without these, programs cannot start or open sockets on Windows.
  const variables: Record<string, string> = { USERPROFILE: options.home };
  for (
    const name of ["SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "PATH"]
  ) {
    const value = Deno.env.get(name);
    if (value !== undefined) variables[name] = value;
  }
  return {
    ...variables,
    ...(options.path === undefined ? {} : { PATH: options.path }),
    TEMP: options.temporary ?? options.home,
    TMP: options.temporary ?? options.home,
  };
}

function credentialVariables(
  credential: NonNullable<EnvironmentOptions["credential"]>,
): Record<string, string> {
  switch (credential) {
    case "api-key":
      return { ANTHROPIC_API_KEY: "sk-ant-api03-made-up" };
    case "subscription":
      return { CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-made-up" };
    case "none":
      return {};
  }
}
