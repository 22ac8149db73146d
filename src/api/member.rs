//! The keys of the objects that operations answer with.

use super::shape::Shape;

/// A key of an answer.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub value: Answered,
    /// Whether its value may be null.
    pub nullable: bool,
    /// Whether it may be absent.
    pub optional: bool,
}

/// What a value of an answer is.
#[derive(Debug)]
pub enum Answered {
    /// Text.
    Text,
    /// A UUID.
    Uuid,
    /// An instant, in UTC with `Z`.
    Time,
    /// A whole number.
    Number,
    /// A number that may have a fraction.
    Decimal,
    /// `true` or `false`.
    Flag,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A list.
    List(&'static Answered),
    /// An object of a shape.
    Object(&'static Shape),
    /// A page object of such.
    Page(&'static Shape),
    /// An object of anything.
    AnyObject,
    /// An object whose values are all lists of text.
    Lists,
}

const fn member(name: &'static str, value: Answered) -> Member {
    Member { name, value, nullable: false, optional: false }
}

/// Declares text.
pub(super) const fn text(name: &'static str) -> Member {
    member(name, Answered::Text)
}

/// Declares a UUID.
pub(super) const fn uuid(name: &'static str) -> Member {
    member(name, Answered::Uuid)
}

/// Declares an instant.
pub(super) const fn time(name: &'static str) -> Member {
    member(name, Answered::Time)
}

/// Declares a whole number.
pub(super) const fn number(name: &'static str) -> Member {
    member(name, Answered::Number)
}

/// Declares a number that may have a fraction.
pub(super) const fn decimal(name: &'static str) -> Member {
    member(name, Answered::Decimal)
}

/// Declares a flag.
pub(super) const fn flag(name: &'static str) -> Member {
    member(name, Answered::Flag)
}

/// Declares one of a few words.
pub(super) const fn choice(name: &'static str, words: &'static [&'static str]) -> Member {
    member(name, Answered::Choice(words))
}

/// Declares a list of texts.
pub(super) const fn texts(name: &'static str) -> Member {
    member(name, Answered::List(&Answered::Text))
}

/// Declares a list.
pub(super) const fn list(name: &'static str, of: &'static Answered) -> Member {
    member(name, Answered::List(of))
}

/// Declares an object of a shape.
pub(super) const fn object(name: &'static str, shape: &'static Shape) -> Member {
    member(name, Answered::Object(shape))
}

/// Declares a page object.
pub(super) const fn page(name: &'static str, shape: &'static Shape) -> Member {
    member(name, Answered::Page(shape))
}

/// Declares an object of anything.
pub(super) const fn any_object(name: &'static str) -> Member {
    member(name, Answered::AnyObject)
}

/// Declares an object of lists of texts.
pub(super) const fn lists(name: &'static str) -> Member {
    member(name, Answered::Lists)
}

impl Member {
    /// May be null.
    pub(super) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// May be absent.
    pub(super) const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}
