// test/fake-host/tool.ts — what a faked tool is: a function from a command to what it says, over a state of its own.

export interface Call {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly netns?: string;
}

export interface Reply {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Tool {
  run(call: Call): Reply;
}
