//! A page's examples, run one after the other in a folder of the page's own.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::block::{Block, commands};
use super::{output, record};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const BINARY: &str = env!("CARGO_BIN_EXE_overhang");
/// What pages find in their folder, as in a checkout.
const FOLDERS: [&str; 5] = ["scenarios", "docs/examples", "docs/pictures", "tests/cases", "tests/cases/known"];

/// What the machine has.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    pub python: bool,
    pub gpu: bool,
}

/// How many examples of each kind there were.
#[derive(Debug, Default, Clone, Copy)]
pub struct Count {
    /// Blocks of commands, and of Python
    pub scripts: usize,
    /// Commands whose output was compared
    pub compared: usize,
    /// Scenarios, parts of such, and documents
    pub files: usize,
    /// Run by the tests of the Python package
    pub of_package: usize,
    /// Not run, for a reason that the page gives
    pub ignored: usize,
    /// Not run, for want of Python or an adapter
    pub skipped: usize,
}

impl Count {
    pub fn add(&mut self, other: Count) {
        self.scripts += other.scripts;
        self.compared += other.compared;
        self.files += other.files;
        self.of_package += other.of_package;
        self.ignored += other.ignored;
        self.skipped += other.skipped;
    }

    pub fn ran(&self) -> usize {
        self.scripts + self.compared + self.files
    }
}

/// The folder of a page.
pub struct Place {
    folder: tempfile::TempDir,
    machine: Machine,
    /// The last blocks of Python, for one that goes on with them
    python: String,
    /// What the last block printed
    printed: String,
    pub count: Count,
    /// Blocks whose output has changed, by the line on which they begin, if that is recorded.
    pub recorded: Vec<(usize, String)>,
}

impl Place {
    pub fn new(machine: Machine) -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        for name in FOLDERS {
            copy(&Path::new(ROOT).join(name), &folder.path().join(name));
        }
        let (python, printed) = (String::new(), String::new());
        Place { folder, machine, python, printed, count: Count::default(), recorded: Vec::new() }
    }

    /// Does with each block what is to be done with it. Without a Python that the page needs, it ends where that begins.
    pub fn run(&mut self, blocks: &[Block]) -> Result<(), String> {
        for (done, block) in blocks.iter().enumerate() {
            if block.needs_python() && !self.machine.python {
                self.count.skipped += blocks.len() - done;
                break;
            }
            self.block(block).map_err(|fault| format!("line {}: {fault}", block.line))?;
        }
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), String> {
        if block.has("package") {
            self.count.of_package += 1;
            return Ok(());
        }
        if block.has("ignore") {
            self.count.ignored += 1;
            return block.reason().map(|_| ()).ok_or("`ignore` without <!-- not run: why --> before it".to_owned());
        }
        if block.has("gpu") && !self.machine.gpu {
            self.count.skipped += 1;
            return Ok(());
        }
        if block.value("file").is_some() || block.value("add").is_some() {
            return self.write(block);
        }
        match block.language.as_str() {
            "sh" => self.script(block),
            "console" => self.console(block),
            "python" => self.run_python(block),
            "toml" => self.toml(block),
            "json" => self.json(block),
            "csv" => Err("a table that is not written to a file".to_owned()),
            _ if block.has("output") => {
                self.count.compared += 1;
                match output::compare(&block.text, &self.printed) {
                    Err(_) if record::is_asked() => {
                        self.recorded.push((block.line, record::recorded(&block.text, &self.printed)));
                        Ok(())
                    }
                    compared => compared,
                }
            }
            _ => Ok(()),
        }
    }

    fn script(&mut self, block: &Block) -> Result<(), String> {
        self.count.scripts += 1;
        let (success, printed) = self.bash(&block.text, block.has("gpu"))?;
        if success { Ok(()) } else { Err(format!("failed:\n{printed}")) }
    }

    fn console(&mut self, block: &Block) -> Result<(), String> {
        let mut text = String::new();
        for (command, shown) in commands(&block.text)? {
            self.count.compared += 1;
            let (success, printed) = self.bash(&command, block.has("gpu"))?;
            if !success {
                return Err(format!("`{command}` failed:\n{printed}"));
            }
            let compared = output::compare(&shown, &printed).map_err(|fault| format!("`{command}`\n{fault}"));
            let shown = match compared {
                Err(_) if record::is_asked() => record::recorded(&shown, &printed),
                compared => compared.map(|()| shown)?,
            };
            text.push_str(&format!("$ {command}\n{shown}"));
        }
        if record::is_asked() && text != block.text {
            self.recorded.push((block.line, text));
        }
        Ok(())
    }

    fn run_python(&mut self, block: &Block) -> Result<(), String> {
        self.count.scripts += 1;
        if !block.has("continued") {
            self.python.clear();
        }
        self.python.push_str(&block.text);
        let script = self.python.clone();
        let (success, printed) = self.execute(Command::new("python").arg("-c").arg(script), false)?;
        if success { Ok(()) } else { Err(format!("failed:\n{printed}")) }
    }

    /// A file of the page: written, or added to. A scenario that is whole must be a good one.
    fn write(&mut self, block: &Block) -> Result<(), String> {
        self.count.files += 1;
        let (name, adds) = match block.value("add") {
            Some(name) => (name, true),
            None => (block.value("file").expect("one of the two"), false),
        };
        let path = self.folder.path().join(name);
        let mut options = OpenOptions::new();
        let file =
            if adds { options.append(true).open(&path) } else { options.write(true).create_new(true).open(&path) };
        let mut file = file.map_err(|error| format!("{name}: {error}"))?;
        let text = if adds { format!("\n{}", block.text) } else { block.text.clone() };
        file.write_all(text.as_bytes()).map_err(|error| format!("{name}: {error}"))?;
        let whole = fs::read_to_string(&path).expect("it was written");
        if block.language == "toml" && whole.contains("[[organization]]") { self.check(&whole) } else { Ok(()) }
    }

    fn toml(&mut self, block: &Block) -> Result<(), String> {
        self.count.files += 1;
        block.text.parse::<toml::Table>().map_err(|error| error.to_string())?;
        if let Some(base) = block.value("with") {
            let path = self.folder.path().join(base);
            let base = fs::read_to_string(path).map_err(|error| format!("{base}: {error}"))?;
            return self.check(&format!("{base}\n{}", block.text));
        }
        if block.has("fragment") { Ok(()) } else { self.check(&block.text) }
    }

    fn json(&mut self, block: &Block) -> Result<(), String> {
        self.count.files += 1;
        serde_json::from_str::<serde_json::Value>(&block.text).map(|_| ()).map_err(|error| error.to_string())
    }

    fn check(&self, scenario: &str) -> Result<(), String> {
        let found = overhang::scenario::parse(scenario, "page.toml");
        found.map(|_| ()).map_err(|failure| format!("no scenario:\n{}", failure.render(false)))
    }

    fn bash(&mut self, script: &str, gpu: bool) -> Result<(bool, String), String> {
        self.execute(Command::new("bash").args(["-euo", "pipefail", "-c"]).arg(script), gpu)
    }

    /// Whether a command succeeded, and what it said on both streams.
    fn execute(&mut self, command: &mut Command, gpu: bool) -> Result<(bool, String), String> {
        let mut said: File = tempfile::tempfile().expect("there is room");
        let stream = || Stdio::from(said.try_clone().expect("it can be written by two"));
        let programs = [
            Path::new(BINARY).parent().expect("it is in a folder").to_owned(),
            Path::new(ROOT).join("target/readers/bin"),
        ];
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let programs = programs.into_iter().chain(std::env::split_paths(&inherited));
        command
            .current_dir(self.folder.path())
            .env("PATH", std::env::join_paths(programs).expect("no colons in it"))
            .env("HOME", self.folder.path())
            .env("NO_COLOR", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null());
        if !gpu {
            // so that `--backend auto` takes the CPU engine, whose figures are the same bits on every machine
            command.env("VK_DRIVER_FILES", "/dev/null").env("VK_ICD_FILENAMES", "/dev/null");
        }
        let status = command.stdout(stream()).stderr(stream()).status().map_err(|error| error.to_string())?;
        self.printed.clear();
        said.rewind().and_then(|()| said.read_to_string(&mut self.printed)).map_err(|error| error.to_string())?;
        Ok((status.success(), self.printed.clone()))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("there is room");
    for entry in fs::read_dir(from).expect("it is there") {
        let path: PathBuf = entry.expect("it can be read").path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().expect("it has a name"))).expect("there is room");
        }
    }
}
