//! Label selectors: which labels an object must carry, parsed once and matched without allocating (contract 6.33, 6.34).

use std::collections::BTreeSet;
use std::fmt;

use super::lexer::{Lexer, Token};
use crate::errors::Error;
use crate::field::{self, ErrorList, Path};
use crate::meta::names;
use crate::storage::{Header, Screen};

/// Which labels an object must carry; the empty selector matches everything.
///
/// ```
/// use resourceful::selector::LabelSelector;
///
/// let selector = LabelSelector::parse("tier notin (front, back),app = web,!legacy")?;
/// assert_eq!(selector.to_string(), "app=web,!legacy,tier notin (back,front)");
/// # Ok::<_, resourceful::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    /// All of them must hold. Sorted by key.
    requirements: Box<[Requirement]>,
}

/// What one label must be.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: Box<str>,
    operator: Operator,
    /// Sorted; one for the comparisons, none for the existence of a key.
    values: Box<[Box<str>]>,
    /// The value of `>` and `<`.
    bound: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Exists,
    DoesNotExist,
    Equals,
    DoubleEquals,
    NotEquals,
    In,
    NotIn,
    GreaterThan,
    LessThan,
}

/// The most values of a label that are looked for one by one.
const MOST_SCREENED: usize = 8;

impl LabelSelector {
    /// Parses the grammar of contract 6.33; 400 with the text of 6.34 when it does not fit.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut requirements = parse(text).map_err(Error::bad_request)?;
        requirements.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Self { requirements: requirements.into() })
    }

    /// Whether everything matches.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Lets a screen rule out what cannot match.
    pub(crate) fn screen(&self, screen: &mut Screen) {
        for Requirement { key, operator, values, .. } in &self.requirements {
            match operator {
                Operator::Exists | Operator::GreaterThan | Operator::LessThan => screen.label(key),
                // Many values are as likely to be taken for one that is there as the key alone.
                Operator::In if values.len() > MOST_SCREENED => screen.label(key),
                Operator::Equals | Operator::DoubleEquals | Operator::In => {
                    screen.values(key, values.iter().map(|value| &**value));
                }
                Operator::DoesNotExist | Operator::NotEquals | Operator::NotIn => {}
            }
        }
    }

    /// Whether an object matches.
    pub fn matches(&self, header: &Header) -> bool {
        self.requirements.iter().all(|requirement| requirement.matches(label(header, &requirement.key)))
    }
}

/// The value of a label. Equality asks for the length first, which is at hand, so that looking at a few labels in turn
/// reads less memory than a binary search.
fn label<'h>(header: &'h Header, key: &str) -> Option<&'h str> {
    const FEW: usize = 16;
    if header.labels.len() > FEW {
        return header.label(key);
    }
    header.labels.iter().find(|(name, _)| **name == *key).map(|(_, value)| &**value)
}

impl Requirement {
    /// Whether a label is as required; `None` for an object that does not carry it.
    fn matches(&self, label: Option<&str>) -> bool {
        let is_listed = |label: &str| match &*self.values {
            [value] => **value == *label,
            values => values.binary_search_by(|value| (**value).cmp(label)).is_ok(),
        };
        let number = |label: &str| label.parse::<i64>().ok();
        match self.operator {
            Operator::Exists => label.is_some(),
            Operator::DoesNotExist => label.is_none(),
            Operator::Equals | Operator::DoubleEquals | Operator::In => label.is_some_and(is_listed),
            Operator::NotEquals | Operator::NotIn => !label.is_some_and(is_listed),
            Operator::GreaterThan => label.and_then(number).is_some_and(|number| number > self.bound),
            Operator::LessThan => label.and_then(number).is_some_and(|number| number < self.bound),
        }
    }
}

/// The canonical form: sorted by key, values sorted, no spaces but around `in` and `notin`.
impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, requirement) in self.requirements.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            requirement.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, operator, values, .. } = self;
        let values = values.join(",");
        match operator {
            Operator::Exists => f.write_str(key),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::Equals => write!(f, "{key}={values}"),
            Operator::DoubleEquals => write!(f, "{key}=={values}"),
            Operator::NotEquals => write!(f, "{key}!={values}"),
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::GreaterThan => write!(f, "{key}>{values}"),
            Operator::LessThan => write!(f, "{key}<{values}"),
        }
    }
}

type Parsed<T> = Result<T, String>;

fn parse(text: &str) -> Parsed<Vec<Requirement>> {
    let mut lexer = Lexer::new(text);
    let mut requirements = Vec::new();
    loop {
        match lexer.peek() {
            Token::End => return Ok(requirements),
            Token::Identifier(_) | Token::Symbol("!") => {}
            Token::Symbol(other) => {
                return Err(format!("found '{other}', expected: !, identifier, or 'end of string'"));
            }
        }
        let requirement = parse_requirement(&mut lexer);
        requirements.push(requirement.map_err(|why| format!("unable to parse requirement: {why}"))?);
        match lexer.next() {
            Token::End => return Ok(requirements),
            Token::Symbol(",") => match lexer.peek() {
                Token::Identifier(_) | Token::Symbol("!") => {}
                other => return Err(format!("found '{}', expected: identifier after ','", other.text())),
            },
            other => return Err(format!("found '{}', expected: ',' or 'end of string'", other.text())),
        }
    }
}

fn parse_requirement(lexer: &mut Lexer<'_>) -> Parsed<Requirement> {
    let mut token = lexer.next();
    let negated = token == Token::Symbol("!");
    if negated {
        token = lexer.next();
    }
    let Token::Identifier(key) = token else {
        return Err(format!("found '{}', expected: identifier", token.text()));
    };
    if let Some(error) = invalid(Path::root(), key, &names::is_qualified_name(key)) {
        return Err(error.to_string());
    }
    let operator = match lexer.peek() {
        _ if negated => Operator::DoesNotExist,
        Token::End | Token::Symbol(",") => Operator::Exists,
        _ => parse_operator(lexer.next())?,
    };
    let values = match operator {
        Operator::Exists | Operator::DoesNotExist => BTreeSet::new(),
        Operator::In | Operator::NotIn => parse_values(lexer)?,
        _ => BTreeSet::from([parse_value(lexer)?]),
    };
    requirement(key, operator, &values)
}

fn parse_operator(token: Token<'_>) -> Parsed<Operator> {
    Ok(match token.text() {
        "in" => Operator::In,
        "notin" => Operator::NotIn,
        "=" => Operator::Equals,
        "==" => Operator::DoubleEquals,
        "!=" => Operator::NotEquals,
        ">" => Operator::GreaterThan,
        "<" => Operator::LessThan,
        other => return Err(format!("found '{other}', expected: in, notin, =, ==, !=, gt, lt")),
    })
}

/// The one value of a comparison, which may be left out.
fn parse_value<'a>(lexer: &mut Lexer<'a>) -> Parsed<&'a str> {
    match lexer.peek() {
        Token::End | Token::Symbol(",") => Ok(""),
        Token::Identifier(value) => {
            lexer.next();
            Ok(value)
        }
        Token::Symbol(other) => Err(format!("found '{other}', expected: identifier")),
    }
}

/// `(a,b)`, where each value may be left out.
fn parse_values<'a>(lexer: &mut Lexer<'a>) -> Parsed<BTreeSet<&'a str>> {
    let open = lexer.next();
    if open != Token::Symbol("(") {
        return Err(format!("found '{}' expected: '('", open.text()));
    }
    match lexer.peek() {
        Token::Symbol(")") => {
            lexer.next();
            return Ok(BTreeSet::from([""]));
        }
        Token::Identifier(_) | Token::Symbol(",") => {}
        other => return Err(format!("found '{}', expected: ',', ')' or identifier", other.text())),
    }
    let mut values = BTreeSet::new();
    loop {
        match lexer.next() {
            Token::Identifier(value) => {
                values.insert(value);
                match lexer.peek() {
                    Token::Symbol(",") => {}
                    Token::Symbol(")") => break,
                    other => return Err(format!("found '{}', expected: ',' or ')'", other.text())),
                }
            }
            Token::Symbol(",") => {
                let next = lexer.peek();
                if values.is_empty() || matches!(next, Token::Symbol("," | ")")) {
                    values.insert("");
                }
                if next == Token::Symbol(")") {
                    break;
                }
            }
            other => return Err(format!("found '{}', expected: ',', or identifier", other.text())),
        }
    }
    lexer.next();
    Ok(values)
}

fn requirement(key: &str, operator: Operator, values: &BTreeSet<&str>) -> Parsed<Requirement> {
    let mut errors = ErrorList::new();
    let mut bound = 0;
    let path = |index| Path::new("values").index(index);
    if matches!(operator, Operator::GreaterThan | Operator::LessThan) {
        for (index, value) in values.iter().enumerate() {
            match value.parse() {
                Ok(number) => bound = number,
                Err(_) => errors.push(field::Error::invalid(
                    path(index),
                    value,
                    "for 'Gt', 'Lt' operators, the value must be an integer",
                )),
            }
        }
    }
    for (index, value) in values.iter().enumerate() {
        errors.extend(invalid(path(index).key(key), value, &names::is_valid_label_value(value)));
    }
    if !errors.is_empty() {
        return Err(errors.aggregate());
    }
    let values = values.iter().map(|value| Box::from(*value)).collect();
    Ok(Requirement { key: key.into(), operator, values, bound })
}

fn invalid(path: Path, value: &str, texts: &[String]) -> Option<field::Error> {
    (!texts.is_empty()).then(|| field::Error::invalid(path, value, texts.join("; ")))
}

#[cfg(test)]
mod tests;
