import { expect, it } from "vitest";
import { commandEnvironment } from "../../daemon/security/environment.ts";

it("passes on where things are, and nothing that is secret or makes programs load code", () => {
  const kept = {
    PATH: "/usr/bin:/home/u/.nvm/bin",
    HOME: "/home/u",
    LANG: "de_DE.UTF-8",
    LC_ALL: "C",
    TMPDIR: "/tmp",
    CI: "1",
    NODE_ENV: "test",
    JAVA_HOME: "/opt/java",
    Path: "C:\\Windows",
    SystemRoot: "C:\\Windows",
    ComSpec: "cmd.exe",
    PathExt: ".EXE",
    "ProgramFiles(x86)": "C:\\x86",
    HTTPS_PROXY: "http://proxy.test:3128",
  };
  const dropped = {
    OPENAI_API_KEY: "sk-x",
    ANTHROPIC_API_KEY: "x",
    AWS_SECRET_ACCESS_KEY: "x",
    GITHUB_TOKEN: "x",
    NEXUS_HOME: "/home/u/.nexus",
    NODE_OPTIONS: "--require=./evil.js",
    NODE_PATH: "/evil",
    LD_PRELOAD: "./evil.so",
    DYLD_INSERT_LIBRARIES: "./evil.dylib",
    BASH_ENV: "./evil",
    ENV: "./evil",
    PYTHONPATH: "./evil",
    PYTHONSTARTUP: "./evil",
    PERL5OPT: "-Mevil",
    RUBYOPT: "-revil",
    JAVA_TOOL_OPTIONS: "-javaagent:evil",
    GIT_SSH_COMMAND: "evil",
    GIT_DIR: "/evil",
    SSH_AUTH_SOCK: "/tmp/agent",
    XDG_RUNTIME_DIR: "/run/user/1000",
    PROMPT_COMMAND: "evil",
    npm_config_registry: "evil",
    HTTP_PROXY: "http://user:hunter2hunter2@proxy.test",
    UNDEFINED: undefined,
  };
  expect(commandEnvironment({ ...kept, ...dropped })).toEqual({ ...kept, NEXUS_AGENT: "1" });
});
