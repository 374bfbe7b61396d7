//! The cases as they are written: a few lines each, to be read as a specification. `cases/README.md` tells the form.

use std::collections::BTreeMap;
use std::path::Path;

/// A behaviour, shown by requests and what they must be answered with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Case {
    /// The IDs in the catalogues, as in `C02` or `15.09`.
    pub(crate) ids: Vec<String>,
    /// What the case shows.
    pub(crate) title: String,
    /// Where it is written.
    pub(crate) file: String,
    /// What happens once, and first.
    pub(crate) steps: Vec<Step>,
    /// What happens once for each row of a table.
    pub(crate) each: Option<Each>,
}

/// Steps with a table of values for their placeholders.
#[derive(Clone, Debug, Default)]
pub(crate) struct Each {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<(usize, Vec<String>)>,
    pub(crate) steps: Vec<Step>,
}

/// Something to do, and what must come of it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) line: usize,
    pub(crate) action: Action,
    /// What the answer must be, after the `=`.
    pub(crate) expected: String,
    /// What must be true of it besides.
    pub(crate) checks: Vec<(usize, String)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// A request; `times` of them at once.
    Request(Request),
    /// A watch under a name.
    Watch(String, Request),
    /// What a watch must bring next.
    Event(String),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) times: Option<usize>,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Every case of the files in a directory, in the order of the files' names.
pub(crate) fn load(directory: &Path) -> Vec<Case> {
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .expect("the cases are there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "case"))
        .collect();
    // The fixtures come first, for everyone uses them.
    files.sort_by_key(|path| (!path.ends_with("fixtures.case"), path.clone()));
    let mut fixtures = BTreeMap::new();
    let mut cases = Vec::new();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("the case file can be read");
        parse(&name, &text, &mut fixtures, &mut cases);
    }
    cases
}

fn parse(file: &str, text: &str, fixtures: &mut BTreeMap<String, Vec<Step>>, cases: &mut Vec<Case>) {
    let mut reader = Reader { file, case: None, fixtures };
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let begins = line.starts_with(|c: char| !c.is_whitespace() && c != '#');
        if begins {
            cases.extend(reader.end());
            reader.begin(number, line);
        } else if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            reader.line(number, line.trim());
        }
    }
    cases.extend(reader.end());
}

struct Reader<'a> {
    file: &'a str,
    case: Option<Case>,
    fixtures: &'a mut BTreeMap<String, Vec<Step>>,
}

impl Reader<'_> {
    fn begin(&mut self, number: usize, line: &str) {
        let (ids, title) =
            line.split_once(':').unwrap_or_else(|| self.fail(number, "a case needs `IDs: title`"));
        self.case = Some(Case {
            ids: ids.split_whitespace().map(str::to_owned).collect(),
            title: title.trim().to_owned(),
            file: self.file.to_owned(),
            ..Case::default()
        });
    }

    /// The case that is complete; a fixture is kept for those that use it.
    fn end(&mut self) -> Option<Case> {
        let case = self.case.take()?;
        if case.ids == ["fixture"] {
            self.fixtures.insert(case.title, case.steps);
            return None;
        }
        Some(case)
    }

    fn line(&mut self, number: usize, line: &str) {
        let (word, rest) = line.split_once(' ').map_or((line, ""), |(word, rest)| (word, rest.trim()));
        let Some(case) = &mut self.case else { self.fail(number, "a line before the first case") };
        match (word, &mut case.each) {
            ("each", None) => {
                let columns = cells(rest);
                case.each = Some(Each { columns, ..Each::default() });
                return;
            }
            ("|", Some(each)) if each.steps.is_empty() => {
                each.rows.push((number, cells(rest)));
                return;
            }
            _ => {}
        }
        let steps = case.each.as_mut().map_or(&mut case.steps, |each| &mut each.steps);
        if word == "use" {
            match self.fixtures.get(rest) {
                Some(fixture) => steps.extend(fixture.iter().cloned()),
                None => self.fail(number, "no such fixture above"),
            }
            return;
        }
        let first =
            word == "$method" || word.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
        if first || word == "on" {
            let action = if word == "on" { Action::Event(rest.to_owned()) } else { request(line) };
            steps.push(Step { line: number, action, expected: String::new(), checks: Vec::new() });
            return;
        }
        let Some(step) = steps.last_mut() else { self.fail(number, "a line before the first request") };
        let pair =
            || rest.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        match (word, &mut step.action) {
            ("=", _) => rest.clone_into(&mut step.expected),
            ("?", Action::Request(request) | Action::Watch(_, request)) => request.query.extend(pair()),
            (">", Action::Request(request) | Action::Watch(_, request)) => request.headers.extend(pair()),
            ("+", Action::Request(request)) => {
                let text = line.strip_prefix("+ ").unwrap_or_default();
                request.body.push_str(text);
                request.body.push('\n');
            }
            _ => step.checks.push((number, line.to_owned())),
        }
    }

    fn fail(&self, number: usize, why: &str) -> ! {
        panic!("{}:{number}: {why}", self.file)
    }
}

fn cells(text: &str) -> Vec<String> {
    text.split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// `50* PUT target body`, `WATCH name target`, `GET target`.
fn request(line: &str) -> Action {
    let mut words = line.splitn(2, ' ');
    let next = |rest: &mut &str| {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        let word = word.to_owned();
        *rest = after.trim_start();
        word
    };
    let first = words.next().unwrap_or_default();
    let mut rest = words.next().unwrap_or_default().trim_start();
    if first == "WATCH" {
        let name = next(&mut rest);
        let target = next(&mut rest);
        return Action::Watch(name, Request { method: "GET".into(), target, ..Request::default() });
    }
    let times = first.strip_suffix('*').and_then(|times| times.parse().ok());
    let method = if times.is_some() { next(&mut rest) } else { first.to_owned() };
    let target = next(&mut rest);
    Action::Request(Request { times, method, target, body: rest.to_owned(), ..Request::default() })
}
