//! What a kind costs the one who compiles it, beside kube-rs' derive at equal fields: `cargo bench -p resourceful-tests
//! --bench cost`.
//!
//! Crates with one kind and with fifty are written and given to rustc as cargo would; a row is the difference, so that
//! what a crate costs whatever it holds does not count. What a derive adds is the cost of its kind less that of the same
//! structs without it. The CPU time is user time, the least of several runs; with valgrind there are also instructions,
//! which other processes do not disturb. Words after `--` choose sections: `lines`, `check`, `instructions`, `llvm`,
//! `size`.

#![allow(clippy::cast_precision_loss, reason = "lines and bytes are few")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use resourceful_tests::report;

/// How many kinds the large crates have.
const MANY: usize = 50;
/// The same under valgrind, where everything takes thirty times as long.
const MANY_COUNTED: usize = 11;
/// How often a check is timed.
const RUNS: usize = 7;

const LIMIT_LINES: f64 = 200.0;
const LIMIT_LLVM_LINES: f64 = 6_000.0;

/// Whose structs a crate has.
#[derive(Clone, Copy)]
enum Flavour {
    /// With `#[derive(Resource)]`.
    Ours,
    /// The same structs without it.
    OursPlain,
    /// With `#[derive(CustomResource)]`.
    Kube,
    /// The structs that this makes, written by hand.
    KubePlain,
}

use Flavour::{Kube, KubePlain, Ours, OursPlain};

const DERIVES: &str = "Clone, Debug, Serialize, Deserialize, JsonSchema";

impl Flavour {
    const fn name(self) -> &'static str {
        match self {
            Ours => "ours",
            OursPlain => "ours_plain",
            Kube => "kube",
            KubePlain => "kube_plain",
        }
    }

    const fn imports(self) -> &'static str {
        match self {
            Ours | OursPlain => "use resourceful::prelude::*;\n",
            Kube => {
                "use kube::CustomResource;\nuse schemars::JsonSchema;\nuse serde::{Deserialize, Serialize};\n"
            }
            KubePlain => {
                "use kube::core::ObjectMeta;\nuse schemars::JsonSchema;\nuse serde::{Deserialize, Serialize};\n"
            }
        }
    }

    /// The structs of one kind.
    fn kind(self, kind: &str) -> String {
        let spec = "{ pub plant: String, pub litres: u32, pub tags: Vec<String> }";
        let object = format!("metadata: ObjectMeta, pub spec: {kind}Spec");
        let status = format!("status: Option<{kind}Status>");
        let short = kind.to_lowercase().replace("pot", "p");
        let root = match self {
            Ours => format!(
                r#"#[derive(Resource, {DERIVES})]
#[resource(group = "garden.example.com", version = "v1alpha1", namespaced, shortname = "{short}")]
#[resource(printcolumn(name = "Moisture", type = "integer", json_path = ".status.moisture"))]
pub struct {kind} {{ pub {object}, #[status] pub {status} }}
#[derive({DERIVES})]"#
            ),
            OursPlain => format!(
                "#[derive({DERIVES})]\npub struct {kind} {{ pub {object}, pub {status} }}\n#[derive({DERIVES})]"
            ),
            Kube => format!(
                r#"#[derive(CustomResource, {DERIVES})]
#[kube(group = "garden.example.com", version = "v1alpha1", kind = "{kind}", namespaced, shortname = "{short}")]
#[kube(status = "{kind}Status")]
#[kube(printcolumn(name = "Moisture", type_ = "integer", json_path = ".status.moisture"))]"#
            ),
            KubePlain => format!(
                r#"#[derive({DERIVES})]
#[serde(rename_all = "camelCase")]
pub struct {kind} {{ #[schemars(skip)] pub {object}, #[serde(skip_serializing_if = "Option::is_none")] pub {status} }}
#[derive({DERIVES})]"#
            ),
        };
        format!(
            "/// A flower pot that waters itself.\n{root}\npub struct {kind}Spec {spec}\n#[derive({DERIVES})]\n\
             pub struct {kind}Status {{ pub moisture: u8 }}\n"
        )
    }

    /// A library with that many kinds.
    fn library(self, count: usize) -> String {
        (0..count)
            .fold(self.imports().to_owned(), |source, index| source + &self.kind(&format!("Pot{index}")))
    }

    /// A program that uses its kinds: ours serves them; plain structs are read and written, and tell their schema.
    fn program(self, count: usize) -> String {
        let mut main = String::new();
        for index in 0..count {
            // Writing to a String cannot fail.
            let _ = match self {
                Ours => write!(main, ".serve::<Pot{index}>()"),
                _ => write!(main, "round_trip::<Pot{index}>(&mut json);"),
            };
        }
        let main = match self {
            Ours => format!(
                "#[tokio::main]\nasync fn main() -> resourceful::Result<()> {{\n    \
                 ApiServer::from_args(){main}.run().await\n}}\n"
            ),
            _ => format!(
                "fn main() {{\n    let mut json = std::env::args().collect::<String>().into_bytes();\n    {main}\n}}\n\
                 fn round_trip<T: Serialize + serde::de::DeserializeOwned + JsonSchema>(json: &mut Vec<u8>) {{\n    \
                 if let Ok(object) = serde_json::from_slice::<T>(json) {{\n        \
                 *json = serde_json::to_vec(&object).unwrap();\n    }}\n    \
                 println!(\"{{:?}}\", schemars::schema_for!(T));\n}}\n"
            ),
        };
        self.library(count) + &main
    }
}

fn main() {
    let chosen: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_chosen = |section: &str| chosen.is_empty() || chosen.iter().any(|word| word == section);
    let compiler = Compiler::new();
    report::head("for a further kind");
    if is_chosen("lines") {
        lines(&compiler);
    }
    if is_chosen("check") {
        check(&compiler);
    }
    if is_chosen("instructions") {
        instructions(&compiler);
    }
    if is_chosen("llvm") {
        llvm_lines(&compiler);
    }
    if is_chosen("size") {
        size(&compiler);
    }
}

/// What `cargo expand` shows.
fn lines(compiler: &Compiler) {
    let lines = |flavour: Flavour| {
        per_kind(2, |count| {
            let source = compiler.write(flavour, "expanded", &flavour.library(count));
            compiler.expanded(&source).lines().count() as f64
        })
    };
    let (ours, plain, kube) = (lines(Ours), lines(OursPlain), lines(Kube));
    report::line("expanded lines that the derive adds, and the goal", "", ours - plain, LIMIT_LINES);
    report::line("  and what kube's adds", "", ours - plain, kube - lines(KubePlain));
    report::line("  with those of serde and schemars, and kube's", "", ours, kube);
}

/// User time of what `cargo check` asks rustc.
fn check(compiler: &Compiler) {
    let time = |flavour: Flavour| {
        per_kind(MANY, |count| {
            let source = compiler.write(flavour, "checked", &flavour.library(count));
            let times = (0..RUNS).map(|_| user_time(&mut compiler.check(&source)));
            times.min().unwrap_or_default().as_secs_f64() * 1e3
        })
    };
    compare("CPU to expand and check", "ms", time);
}

/// The same in instructions.
fn instructions(compiler: &Compiler) {
    if !Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_ok_and(|it| it.success())
    {
        return println!("instructions are not counted: there is no valgrind");
    }
    let count = |flavour: Flavour| {
        per_kind(MANY_COUNTED, |count| {
            let source = compiler.write(flavour, "counted", &flavour.library(count));
            instructions_of(&compiler.check(&source)) / 1e6
        })
    };
    compare("instructions to expand and check", "M", count);
}

/// The rows of a cost that all four flavours have.
fn compare(what: &str, unit: &str, cost: impl Fn(Flavour) -> f64) {
    let (ours, plain, kube, kube_plain) = (cost(Ours), cost(OursPlain), cost(Kube), cost(KubePlain));
    let (added, kube_added) = (ours - plain, kube - kube_plain);
    report::line(&format!("{what} what the derive adds, and half of kube's"), unit, added, kube_added / 2.0);
    report::line("  and what kube's adds", unit, added, kube_added);
    report::line("  with serde and schemars, and kube's", unit, ours, kube);
    report::line("  with serde and schemars, and without the derive", unit, ours, plain);
}

/// Lines of LLVM IR inside functions, as `cargo llvm-lines` counts them, before any optimisation.
fn llvm_lines(compiler: &Compiler) {
    let lines = |flavour: Flavour| {
        per_kind(MANY, |count| {
            let source = compiler.write(flavour, "llvm", &flavour.program(count));
            let ir = source.with_extension("ll");
            let mut rustc = compiler.rustc(&source, "bin");
            rustc.args(["--emit=llvm-ir", "-Cno-prepopulate-passes", "-Ccodegen-units=1"]).arg("-o").arg(&ir);
            run(&mut rustc);
            let text = fs::read_to_string(&ir).expect("rustc wrote it");
            let _ = fs::remove_file(&ir);
            lines_in_functions(&text) as f64
        })
    };
    let ours = lines(Ours);
    report::line("LLVM lines in a server, and the goal", "", ours, LIMIT_LLVM_LINES);
    report::line("  and of the structs alone, read and written", "", ours, lines(OursPlain));
}

fn lines_in_functions(ir: &str) -> usize {
    let mut inside = false;
    let lines = ir.lines().filter(|line| {
        inside = (inside || line.starts_with("define ")) && *line != "}";
        inside && !line.is_empty() && !line.starts_with("define ")
    });
    lines.count()
}

/// Bytes of the optimised program.
fn size(compiler: &Compiler) {
    let size = |flavour: Flavour| {
        per_kind(MANY, |count| {
            let source = compiler.write(flavour, "linked", &flavour.program(count));
            let program = source.with_extension("");
            let mut rustc = compiler.rustc(&source, "bin");
            rustc.args(["--emit=link", "-Copt-level=3", "-Cstrip=symbols"]).arg("-o").arg(&program);
            run(&mut rustc);
            let bytes = fs::metadata(&program).expect("rustc linked it").len();
            let _ = fs::remove_file(&program);
            bytes as f64 / 1024.0
        })
    };
    report::line("size of a server, and of the structs read and written", "KiB", size(Ours), size(OursPlain));
}

/// What one more kind adds to a number.
fn per_kind(many: usize, number: impl Fn(usize) -> f64) -> f64 {
    (number(many) - number(1)) / (many - 1) as f64
}

/// rustc, with the crates that a program of ours or of kube-rs depends on.
struct Compiler {
    directory: PathBuf,
    externs: Vec<String>,
}

impl Compiler {
    /// Builds the package that has them all, and takes over what cargo says to rustc.
    fn new() -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cost");
        fs::create_dir_all(&directory).expect("the directory of temporary files can be written");
        // A flag that was never given before makes cargo call rustc, and so show how.
        let flag = format!("--cfg=cost_{}", std::process::id());
        let cargo = Command::new(env!("CARGO"))
            .args(["rustc", "--package=resourceful-tests-clients", "--lib", "--verbose", "--", &flag])
            .args(["--allow=unexpected_cfgs"])
            .output()
            .expect("cargo runs");
        let told = String::from_utf8_lossy(&cargo.stderr);
        assert!(cargo.status.success(), "{told}");
        let call = told.lines().rfind(|line| line.contains(&flag)).expect("cargo shows its call of rustc");
        let mut externs: Vec<_> = call
            .split_whitespace()
            .map(|word| word.trim_matches('`').replace(".rmeta", ".rlib"))
            .skip_while(|word| word != "--extern")
            .take_while(|word| !word.starts_with("--cfg") && !word.starts_with("--cap-lints"))
            .collect();
        let dependencies: Vec<_> = call
            .split_whitespace()
            .filter(|word| word.starts_with("dependency="))
            .map(str::to_owned)
            .collect();
        for dependency in dependencies {
            externs.extend(["-L".to_owned(), dependency]);
        }
        Self { directory, externs }
    }

    fn write(&self, flavour: Flavour, purpose: &str, source: &str) -> PathBuf {
        let path = self.directory.join(format!("{}_{purpose}.rs", flavour.name()));
        fs::write(&path, source).expect("the directory of temporary files can be written");
        path
    }

    /// A call as cargo's dev profile has it, but for debug info.
    fn rustc(&self, source: &Path, kind: &str) -> Command {
        let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().expect("rustc runs").stdout;
        let rustc = Path::new(String::from_utf8_lossy(&sysroot).trim()).join("bin/rustc");
        let mut command = Command::new(rustc);
        command.args(["--edition=2024", "--crate-name=pots", "--crate-type", kind]).arg(source);
        command.args(&self.externs).current_dir(&self.directory);
        command
    }

    fn check(&self, source: &Path) -> Command {
        let mut command = self.rustc(source, "lib");
        command.arg("--emit=metadata").arg("-o").arg(source.with_extension("rmeta"));
        command
    }

    /// The source after expansion, laid out as cargo expand does.
    fn expanded(&self, source: &Path) -> String {
        let mut command = self.rustc(source, "lib");
        let output =
            command.arg("-Zunpretty=expanded").env("RUSTC_BOOTSTRAP", "1").output().expect("rustc runs");
        let code = String::from_utf8(output.stdout).expect("rustc writes UTF-8");
        let mut file = syn::parse_file(&code).unwrap_or_else(|error| panic!("{error}: {}", source.display()));
        // What the user wrote for the derive stays in the text, and is not the derive's.
        let is_written = |attribute: &syn::Attribute| {
            ["resource", "status", "kube"].iter().any(|name| attribute.path().is_ident(name))
        };
        for item in &mut file.items {
            if let syn::Item::Struct(item) = item {
                item.attrs.retain(|attribute| !is_written(attribute));
                item.fields.iter_mut().for_each(|field| field.attrs.retain(|it| !is_written(it)));
            }
        }
        prettyplease::unparse(&file)
    }
}

fn run(command: &mut Command) {
    let output = command.output().expect("rustc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The user time of a process, in steps of the system's clock.
fn user_time(command: &mut Command) -> Duration {
    let before = children_user_time();
    run(command);
    children_user_time().saturating_sub(before)
}

fn children_user_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("the process runs");
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(13).find_map(|field| field.parse().ok()).expect("a number");
    Duration::from_millis(ticks * 10)
}

/// The instructions of a process.
fn instructions_of(command: &Command) -> f64 {
    let mut counted = Command::new("valgrind");
    counted
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(command.get_program())
        .args(command.get_args());
    let output = counted.current_dir(command.get_current_dir().unwrap_or(Path::new("."))).output();
    let told = String::from_utf8_lossy(&output.expect("valgrind runs").stderr).into_owned();
    let line = told.lines().find(|line| line.contains("refs:"));
    let number = line.and_then(|line| line.rsplit(' ').next()).map(|number| number.replace(',', ""));
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("valgrind counts nothing: {told}"))
}
