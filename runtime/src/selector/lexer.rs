//! The tokens of a label selector (contract 6.33).

/// A piece of a label selector. Every token knows its text, which errors show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A key, a value, or the words `in` and `notin`, which only their position makes operators.
    Identifier(&'a str),
    /// `=`, `==`, `!=`, `>`, `<`, `!`, `(`, `)` or `,`.
    Symbol(&'static str),
    /// The end of the text, as often as one asks.
    End,
}

impl<'a> Token<'a> {
    /// The token as it was written; empty at the end.
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Identifier(text) | Self::Symbol(text) => text,
            Self::End => "",
        }
    }
}

/// The longest come first.
const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", ">", "<", "(", ")", ","];

/// Cuts a label selector into tokens, with one token of lookahead.
pub(super) struct Lexer<'a> {
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The next token, which stays the next.
    pub(super) fn peek(&self) -> Token<'a> {
        Lexer { rest: self.rest }.next()
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token<'a> {
        self.rest = self.rest.trim_start_matches(is_space);
        if self.rest.is_empty() {
            return Token::End;
        }
        let symbol = SYMBOLS.into_iter().find_map(|symbol| Some((symbol, self.rest.strip_prefix(symbol)?)));
        if let Some((symbol, rest)) = symbol {
            self.rest = rest;
            return Token::Symbol(symbol);
        }
        let end = self.rest.find(|c| is_space(c) || "=!><(),".contains(c)).unwrap_or(self.rest.len());
        let (identifier, rest) = self.rest.split_at(end);
        self.rest = rest;
        Token::Identifier(identifier)
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::{Lexer, Token};

    #[test]
    fn text_is_cut_at_symbols_and_spaces() {
        let mut lexer = Lexer::new(" a.b/c==!=x in\t(é,)===!<>\n");
        assert_eq!(lexer.peek(), Token::Identifier("a.b/c"));
        let mut texts = Vec::new();
        while lexer.peek() != Token::End {
            texts.push(lexer.next().text());
        }
        let expected = ["a.b/c", "==", "!=", "x", "in", "(", "é", ",", ")", "==", "=", "!", "<", ">"];
        assert_eq!(texts, expected);
        assert_eq!((lexer.next(), lexer.next()), (Token::End, Token::End));
    }
}
