// cli/completion.ts — completion scripts written from the command tree, as static text: TAB never starts Node.
import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

interface Word {
  readonly flag: string;
  readonly description: string;
  readonly choices: readonly string[];
  readonly takes: boolean;
}
interface VerbWords {
  readonly name: string;
  readonly description: string;
  readonly words: readonly Word[];
  readonly operands: readonly string[];
}

export function completionFor(shell: Shell, program: Command): string {
  const globals = wordsOf(program);
  // Verbs with which netctl runs itself are nobody's to type.
  const verbs = program.commands
    .filter((command) => !command.name().startsWith('__'))
    .map((command): VerbWords => ({
      name: command.name(),
      description: command.description(),
      words: wordsOf(command).filter(({ flag }) => !globals.some((word) => word.flag === flag)),
      operands: [
        ...command.commands.map((each) => each.name()),
        ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
      ],
    }));
  switch (shell) {
    case 'bash':
      return bash(globals, verbs);
    case 'zsh':
      return zsh(globals, verbs);
    case 'fish':
      return fish(globals, verbs);
  }
}

function wordsOf(command: Command): readonly Word[] {
  return command.options.flatMap(({ long, short, description, argChoices, required }) =>
    [long, short].flatMap((flag) =>
      flag === undefined ? [] : [{ flag, description, choices: argChoices ?? [], takes: required }],
    ),
  );
}

function bash(globals: readonly Word[], verbs: readonly VerbWords[]): string {
  const withChoices = [...globals, ...verbs.flatMap(({ words }) => words)].filter(({ choices }) => choices.length > 0);
  const withPath = [...globals, ...verbs.flatMap(({ words }) => words)].filter(
    ({ takes, choices }) => takes && choices.length === 0,
  );
  return `# bash completion for netctl
_netctl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb="" word value=""
  # To bash, --output=json is three words.
  [ "$current" = = ] && current="" && previous="\${COMP_WORDS[COMP_CWORD-1]}"
  [ "$previous" = = ] && previous="\${COMP_WORDS[COMP_CWORD-2]}"
  case "$previous" in
${withChoices.map(({ flag, choices }) => `    ${flag}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current")); return ;;`).join('\n')}
    ${withPath.map(({ flag }) => flag).join('|')}) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ "$word" = = ]; then value=1; continue; fi
    if [ -n "$value" ]; then value=""; continue; fi
    case "$word" in
      ${[...withChoices, ...withPath].map(({ flag }) => flag).join('|')}) value=1 ;;
      ${verbs.map(({ name }) => name).join('|')}) verb="$word"; break ;;
    esac
  done
  case "$verb" in
    "") COMPREPLY=($(compgen -W '${[...verbs.map(({ name }) => name), ...globals.map(({ flag }) => flag)].join(' ')}' -- "$current")) ;;
${verbs.map(({ name, words, operands }) => `    ${name}) COMPREPLY=($(compgen -W '${[...operands, ...words.map(({ flag }) => flag), ...globals.map(({ flag }) => flag)].join(' ')}' -- "$current")) ;;`).join('\n')}
  esac
}
complete -F _netctl netctl
`;
}

function zsh(globals: readonly Word[], verbs: readonly VerbWords[]): string {
  const argument = ({ flag, description, choices, takes }: Word): string =>
    `'${flag}[${plain(description)}]${takes ? `:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}` : ''}'`;
  return `#compdef netctl
_netctl() {
  local -a verbs
  verbs=(
${verbs.map(({ name, description }) => `    '${name}:${plain(description)}'`).join('\n')}
  )
  _arguments -C ${globals.map(argument).join(' ')} '1:verb:->verb' '*::rest:->rest'
  case $state in
    verb) _describe verb verbs ;;
    rest)
      case $words[1] in
${verbs.map(({ name, words, operands }) => `        ${name}) _arguments ${[...globals, ...words].map(argument).join(' ')}${operands.length > 0 ? ` '1:operand:(${operands.join(' ')})'` : ''} ;;`).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = _netctl ]; then _netctl "$@"; else compdef _netctl netctl; fi
`;
}

function fish(globals: readonly Word[], verbs: readonly VerbWords[]): string {
  const option = ({ flag, description, choices, takes }: Word, when: string): string => {
    const name = flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
    return `complete -c netctl${when} ${name}${takes ? (choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : ' -r') : ''} -d '${plain(description)}'`;
  };
  return [
    '# fish completion for netctl',
    'complete -c netctl -f',
    ...globals.map((word) => option(word, '')),
    ...verbs.flatMap(({ name, description, words, operands }) => [
      `complete -c netctl -n __fish_use_subcommand -a ${name} -d '${plain(description)}'`,
      ...words.map((word) => option(word, ` -n '__fish_seen_subcommand_from ${name}'`)),
      ...(operands.length > 0
        ? [`complete -c netctl -n '__fish_seen_subcommand_from ${name}' -a '${operands.join(' ')}'`]
        : []),
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** Without what would end a quoted word or a zsh description. */
function plain(text: string): string {
  return text.replaceAll(/['[\]:]/g, '');
}
