//! From text to records of fields, with the line that each starts on.

use std::borrow::Cow;

use super::{CsvOptions, DataError, Place};
use crate::Error;

/// One record: the fields between delimiters, without quotes.
pub(super) struct Record<'a> {
    /// The line it starts on, counted from 1.
    pub(super) line: usize,
    /// Never empty. Spaces around fields that are not quoted are gone.
    pub(super) fields: Vec<Cow<'a, str>>,
}

/// Reads records one by one (RFC 4180, with comments, blank lines and spaces around quotes).
///
/// Own code and not a library's, because a record must know its line in the file with comments
/// counted, and because a quote that is never closed must be an error and not swallow the rest.
/// All bytes that it looks for are ASCII, so it never cuts a character in two.
pub(super) struct Records<'a> {
    file: &'a str,
    text: &'a str,
    delimiter: u8,
    comment: Option<u8>,
    /// Byte offset of what was not read yet, and its line.
    at: usize,
    line: usize,
}

impl<'a> Records<'a> {
    pub(super) fn new(file: &'a str, text: &'a str, options: &CsvOptions) -> Self {
        let CsvOptions { delimiter, comment, .. } = *options;
        Self { file, text, delimiter, comment, at: 0, line: 1 }
    }

    /// The next record, or `None` at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<Record<'a>>, Error> {
        self.skip_blank_and_comments();
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let line = self.line;
        let mut fields = vec![self.field()?];
        while self.byte() == Some(self.delimiter) {
            self.at += 1;
            fields.push(self.field()?);
        }
        self.end_line();
        Ok(Some(Record { line, fields }))
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blank_and_comments(&mut self) {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
            let first = line.trim_start().bytes().next();
            if first.is_some() && (self.comment.is_none() || first != self.comment) {
                return;
            }
            self.at += line.len();
            self.end_line();
        }
    }

    /// Steps over `\n`, `\r\n` or `\r`.
    fn end_line(&mut self) {
        let length = match self.text.as_bytes().get(self.at..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([b'\r' | b'\n', ..]) => 1,
            _ => return,
        };
        self.at += length;
        self.line += 1;
    }

    /// Steps over spaces and tabs inside a line.
    fn skip_spaces(&mut self) {
        while let Some(byte @ (b' ' | b'\t')) = self.byte()
            && byte != self.delimiter
        {
            self.at += 1;
        }
    }

    /// One field; stops before the delimiter, the end of the line or the end of the text.
    fn field(&mut self) -> Result<Cow<'a, str>, Error> {
        self.skip_spaces();
        if self.byte() == Some(b'"') {
            return self.quoted().map(Cow::Owned);
        }
        let rest = &self.text[self.at..];
        let ends = [char::from(self.delimiter), '\n', '\r'];
        let field = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += field.len();
        Ok(Cow::Borrowed(field.trim()))
    }

    /// A field in quotes; `""` inside is one quote.
    fn quoted(&mut self) -> Result<String, Error> {
        let place = Place::Line { file: self.file.into(), line: self.line };
        let mut field = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest.find('"') else {
                return Err(DataError::UnclosedQuote { place }.into());
            };
            let part = &rest[..length];
            field.push_str(part);
            self.line += count_line_ends(part);
            self.at += length + 1;
            if self.byte() != Some(b'"') {
                break;
            }
            field.push('"');
            self.at += 1;
        }
        self.skip_spaces();
        match self.byte() {
            None | Some(b'\n' | b'\r') => Ok(field),
            Some(byte) if byte == self.delimiter => Ok(field),
            Some(_) => Err(DataError::TextAfterQuote { place, field }.into()),
        }
    }
}

/// The number of line ends `\n`, `\r\n`, `\r` in a text.
pub(super) fn count_line_ends(text: &str) -> usize {
    let bytes = text.as_bytes();
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count() - pairs
}
