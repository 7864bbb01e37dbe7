//! `overhang completions` and `overhang man`: what shells and manual readers want.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;

use super::failure::Failure;
use super::{complete, output};
use crate::storage::write_into;

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(overhang completions bash)
  overhang completions bash > ~/.local/share/bash-completion/completions/overhang
  overhang completions zsh > ~/.zfunc/_overhang
  overhang completions fish > ~/.config/fish/completions/overhang.fish";

#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArguments {
    /// Shell to complete commands in
    #[arg(value_enum)]
    shell: Shell,
    /// Print a script that never calls overhang: it completes commands and options, but no keys and variants of scenario files
    #[arg(long = "static")]
    fixed: bool,
}

/// Prints a completion script for all commands.
pub fn completions(arguments: &CompletionsArguments, mut command: Command) -> Result<(), Failure> {
    let asking = if arguments.fixed { None } else { complete::script(&arguments.shell.to_string()) };
    let script = asking.unwrap_or_else(|| {
        let mut script = Vec::new();
        clap_complete::generate(arguments.shell, &mut command, "overhang", &mut script);
        script
    });
    output::data(&String::from_utf8_lossy(&script))
}

const MAN_EXAMPLES: &str = "\
Examples:
  overhang man | man -l -
  overhang man --out ~/.local/share/man/man1";

#[derive(Debug, Args)]
#[command(after_help = MAN_EXAMPLES)]
pub struct ManArguments {
    /// Write the pages of all commands to this folder instead of printing the main page
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints the manual page, or writes all of them.
pub fn man(arguments: &ManArguments, mut command: Command) -> Result<(), Failure> {
    command.build();
    match &arguments.out {
        None => output::data(&String::from_utf8_lossy(&page(&command, "overhang")?)),
        Some(folder) => {
            output::check_folder_name(folder)?;
            write(folder, "overhang", &command)?;
            let mut own = command.get_subcommands().filter(|command| command.get_name() != "help");
            own.try_for_each(|command| write(folder, &format!("overhang-{}", command.get_name()), command))
        }
    }
}

fn write(folder: &Path, name: &str, command: &Command) -> Result<(), Failure> {
    let page = page(command, name)?;
    let name = format!("{name}.1");
    write_into(folder, &name, &page).map_err(|error| output::unwritable(&folder.join(name), &error))
}

fn page(command: &Command, name: &str) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command.clone()).title(name).render(&mut page);
    rendered.map(|()| page).map_err(|error| Failure::Failed {
        message: format!("the manual page could not be created: {error}"),
        hint: Some("this is a bug in overhang; please report it".into()),
    })
}
