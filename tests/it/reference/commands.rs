//! The chapter on commands: the help text of each.

const BEGINS: &str = "# Commands

The help of every command, as `mailtrack COMMAND --help` prints it.

| exit status | meaning |
| --- | --- |
| 0 | complete: every message is accounted for |
| 1 | the command could not be completed, for example because the disk is full; or messages of an outbox wait for the next `send` |
| 2 | wrong arguments, options or address book; nothing was written |
| 3 | with `--strict`: complete, but something could not be read, or a message of an outbox failed or is doubtful |

An error names the file, the line if there is one, what was found and what would be right. Results go to standard output,
progress, warnings and errors to standard error.
";

/// Returns the chapter; `printed` returns what the program prints for arguments.
pub fn chapter(printed: &dyn Fn(&[&str]) -> String) -> String {
    let mut text = BEGINS.to_owned();
    add(&mut text, &[], printed);
    text
}

/// Adds the subcommands of a command, each followed by its own.
fn add(text: &mut String, above: &[&str], printed: &dyn Fn(&[&str]) -> String) {
    let help = help(above, printed);
    for name in subcommands(&help) {
        let command: Vec<&str> = above.iter().copied().chain([name]).collect();
        let help = self::help(&command, printed);
        text.push_str(&format!(
            "\n## mailtrack {}\n\n```text\n{}\n```\n",
            command.join(" "),
            help.trim_end()
        ));
        add(text, &command, printed);
    }
}

fn help(command: &[&str], printed: &dyn Fn(&[&str]) -> String) -> String {
    let args: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
    let text = printed(&args);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// Returns the commands that a help text lists.
fn subcommands(help: &str) -> impl Iterator<Item = &str> {
    let listed = help
        .split_once("\nCommands:\n")
        .map_or("", |(_, rest)| rest);
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let first = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    first
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
}
