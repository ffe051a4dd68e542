//! The JSON files as they are written, and the way from their texts to numbers.

use crate::error::check_count;
use crate::{Equations, Error, ErrorKind, evaluate};
use core::fmt;
use core::marker::PhantomData;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

/// Reads a whole file; a field that the type does not have is an error.
pub(crate) fn read<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| {
        ErrorKind::Json { name: name.to_string(), message: error.to_string() }.into()
    })
}

/// A JSON object in the order of the file.
pub(crate) struct Ordered<T>(pub(crate) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

/// Turns texts into finite numbers; an error names the reference and the field.
pub(crate) struct Numbers<'a> {
    pub(crate) name: &'a str,
    /// Names that the expressions may use.
    pub(crate) scope: Vec<(String, f64)>,
}

impl<'a> Numbers<'a> {
    pub(crate) fn new(name: &'a str) -> Self {
        Self { name, scope: Vec::new() }
    }

    pub(crate) fn place(&self, field: &str) -> String {
        format!("reference `{}`, {field}", self.name)
    }

    pub(crate) fn value(&self, text: &str, field: &str) -> Result<f64, Error> {
        let value_of = |name: &str| {
            self.scope.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
        };
        let value = evaluate(text, &value_of)
            .map_err(|error| ErrorKind::Expression { place: self.place(field), error })?;
        if value.is_finite() {
            return Ok(value);
        }
        Err(ErrorKind::NotFinite { place: self.place(field), text: text.to_string() }.into())
    }

    pub(crate) fn vector(&self, texts: &[String], field: &str) -> Result<Vec<f64>, Error> {
        texts.iter().map(|text| self.value(text, field)).collect()
    }

    /// A vector of known length.
    pub(crate) fn vector_of(
        &self,
        length: usize,
        texts: &[String],
        field: &str,
    ) -> Result<Vec<f64>, Error> {
        check_count(length, texts.len(), || self.place(field))?;
        self.vector(texts, field)
    }

    pub(crate) fn matrix(&self, rows: &[Vec<String>], field: &str) -> Result<Vec<Vec<f64>>, Error> {
        rows.iter().map(|row| self.vector(row, field)).collect()
    }

    /// Names and values of an object whose entries may refer to the entries before them.
    pub(crate) fn named(
        &mut self,
        entries: &Ordered<String>,
        field: &str,
    ) -> Result<(Vec<String>, Vec<f64>), Error> {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (name, text) in &entries.0 {
            let value = self.value(text, &format!("{field}, {name}"))?;
            self.scope.push((name.clone(), value));
            names.push(name.clone());
            values.push(value);
        }
        Ok((names, values))
    }
}

/// What the files of every kind say about the model.
pub(crate) struct Setting {
    pub(crate) variables: Vec<String>,
    pub(crate) u0: Vec<f64>,
    pub(crate) param_names: Vec<String>,
    pub(crate) p: Vec<f64>,
    pub(crate) tspan: (f64, f64),
    pub(crate) equations: Equations,
}

impl Setting {
    pub(crate) fn read(
        name: &str,
        (auxiliary, equations): (&[String], &[String]),
        parameters: &Ordered<String>,
        initial_values: &Ordered<String>,
        t_span: &[String; 2],
    ) -> Result<Self, Error> {
        let mut numbers = Numbers::new(name);
        let (param_names, p) = numbers.named(parameters, "parameters")?;
        // An initial value may use the parameters, but not another initial value.
        let (mut variables, mut u0) = (Vec::new(), Vec::new());
        for (variable, text) in &initial_values.0 {
            u0.push(numbers.value(text, &format!("initial_values, {variable}"))?);
            variables.push(variable.clone());
        }
        let [start, end] = t_span;
        let tspan = (numbers.value(start, "t_span")?, numbers.value(end, "t_span")?);
        let equations = Equations::read(name, &variables, &param_names, auxiliary, equations)?;
        Ok(Self { variables, u0, param_names, p, tspan, equations })
    }
}
