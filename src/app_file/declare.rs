//! The declaration of a kind of thing: its fields, where they stand in a row of the portal, and what changes them. Reader,
//! schema, comparison, plan and export all follow from it.

use serde_json::Value;

use super::step::Step;
use super::thing::{Existing, Thing};
use crate::api::field::Field;
use crate::api::kind::Kind as ValueKind;
use crate::api::operation::Operation;

/// A kind of thing that an app file holds.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its noun, such as `key`; the `kind` of a change.
    pub(crate) noun: &'static str,
    /// The section it stands in.
    pub(crate) section: &'static str,
    /// Its fields.
    pub(crate) fields: &'static [FileField],
    /// The fields without which it cannot be made.
    pub(crate) required: &'static [&'static str],
    /// Returns the requests that make it.
    pub(crate) steps_to_create: fn(&Thing) -> Vec<Step>,
    /// Returns the requests that change these fields of it.
    pub(crate) steps_to_update: fn(&Thing, &Existing, &[&'static FileField]) -> Vec<Step>,
    /// Returns the requests that remove it.
    pub(crate) steps_to_delete: fn(&Existing) -> Vec<Step>,
    /// Returns a field's value in a row of the portal.
    pub(crate) row_value: fn(&FileField, &Value) -> Option<Value>,
    /// Puts fields that stand apart in the file together; returns what is wrong with them together, by field.
    pub(crate) finish: fn(&mut Thing) -> Vec<(&'static str, String)>,
    /// Its name as a field, where a request changes it.
    pub(crate) rename: Option<&'static FileField>,
}

/// A field of an entry.
#[derive(Debug)]
pub(crate) struct FileField {
    /// Its name in the file.
    pub(crate) name: &'static str,
    check: Check,
    /// The kind that its value is read as, where that is not the kind it is checked as.
    reads: Option<&'static ValueKind>,
    /// The key of its value in a row of the portal, and in the bodies that set it.
    pub(crate) key: &'static str,
    /// How its value is compared.
    pub(crate) compare: Compare,
    /// The way on, where no request changes it.
    pub(crate) fixed: Option<&'static str>,
    /// The value it has when it is left out, which an export leaves out too.
    pub(crate) default: Default,
}

/// Where the check of a field's value is declared.
#[derive(Debug)]
enum Check {
    /// In the body of the operation that makes it.
    Body(&'static Operation),
    /// Here, for what stands otherwise in bodies.
    Own(&'static Field),
}

/// How two values of a field are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    /// As they are.
    Exactly,
    /// As lists without order.
    Set,
    /// As lists of host names, in small letters and without order.
    Hosts,
    /// As objects whose values are lists without order.
    Sets,
    /// As objects, by the keys that the file has.
    Keys,
    /// As instants.
    Time,
    /// Never: it is a credential, which the portal does not show.
    Credential,
    /// Never: it counts when the thing is made.
    WhenMade,
}

/// The value of a field that was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    /// None: an export always has it.
    None,
    /// `null`, or nothing at all.
    Null,
    /// `{}`
    EmptyObject,
    /// `[]`
    EmptyList,
    /// A text.
    Text(&'static str),
    /// A truth value.
    Flag(bool),
    /// `{"allow_group_delegation": false, "max_delegation_ttl_days": 90}`
    NoDelegation,
}

impl Default {
    /// Returns true where `value` is what the portal has when the field is left out.
    pub(crate) fn is(self, value: &Value) -> bool {
        match self {
            Self::None => false,
            Self::Null => value.is_null(),
            Self::EmptyObject => {
                value.as_object().is_none_or(serde_json::Map::is_empty) && !value.is_array()
            }
            Self::EmptyList => value.is_null() || value.as_array().is_some_and(Vec::is_empty),
            Self::Text(text) => value == text,
            Self::Flag(flag) => value == flag,
            Self::NoDelegation => {
                value["allow_group_delegation"] != Value::Bool(true)
                    && value["max_delegation_ttl_days"].as_i64().is_none_or(|days| days == 90)
            }
        }
    }
}

/// Declares a field whose value is checked as this key of a body is.
pub(crate) const fn of(name: &'static str, operation: &'static Operation) -> FileField {
    FileField {
        name,
        check: Check::Body(operation),
        reads: None,
        key: name,
        compare: Compare::Exactly,
        fixed: None,
        default: Default::Null,
    }
}

/// Declares a field with a check of its own.
pub(crate) const fn own(field: &'static Field) -> FileField {
    FileField {
        name: field.name,
        check: Check::Own(field),
        reads: None,
        key: field.name,
        compare: Compare::Exactly,
        fixed: None,
        default: Default::Null,
    }
}

impl FileField {
    /// Stands under this key at the portal.
    pub(crate) const fn at(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }

    /// Is read as this kind.
    pub(crate) const fn reads(mut self, kind: &'static ValueKind) -> Self {
        self.reads = Some(kind);
        self
    }

    /// Returns the kind that its value is read as.
    pub(crate) fn read_as(&self) -> &'static ValueKind {
        self.reads.unwrap_or(&self.field().kind)
    }

    /// Is compared so.
    pub(crate) const fn compared(mut self, compare: Compare) -> Self {
        self.compare = compare;
        self
    }

    /// Is changed by no request; `fix` is the way on.
    pub(crate) const fn fixed(mut self, fix: &'static str) -> Self {
        self.fixed = Some(fix);
        self
    }

    /// Has this value when it is left out.
    pub(crate) const fn default(mut self, default: Default) -> Self {
        self.default = default;
        self
    }

    /// Returns the declaration of its value.
    pub(crate) fn field(&self) -> &'static Field {
        match self.check {
            Check::Own(field) => field,
            Check::Body(operation) => operation.key(self.key).unwrap_or(&ANY),
        }
    }

    /// Returns true where its value, or a part of it, is a credential.
    pub(crate) fn is_credential(&self) -> bool {
        self.compare == Compare::Credential
    }

    /// Returns true where an empty list says that there is none.
    pub(crate) fn clears_by_empty_list(&self) -> bool {
        self.default == Default::EmptyList
    }

    /// Returns true where the two sides can differ.
    pub(crate) fn is_compared(&self) -> bool {
        !matches!(self.compare, Compare::Credential | Compare::WhenMade)
    }
}

/// A value that is looked at nowhere: no declaration of a body lacks a key that is named here, as a test shows.
static ANY: Field = crate::api::field::of_kind("", ValueKind::Any);

impl Kind {
    /// Returns the field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static FileField> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Leaves a thing as it was read.
pub(crate) fn nothing_to_finish(_: &mut Thing) -> Vec<(&'static str, String)> {
    Vec::new()
}

/// Returns a field's value at its own place in a row.
pub(crate) fn at_its_place(field: &FileField, row: &Value) -> Option<Value> {
    row.get(field.key).cloned()
}
