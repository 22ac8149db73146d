//! Templates of managed secrets: how a service takes its credential, and which fields make one.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

const TEXT: &str = include_str!("managed-secret-templates.json");

/// What the credential itself is called, where its template does not call it otherwise.
pub(crate) const VALUE: &str = "credential_value";
/// How the pages mark the field that is the credential itself.
const PRIMARY: &[&str] = &["primary value", "goes in the credential field"];

static ALL: LazyLock<Vec<Template>> = LazyLock::new(|| {
    // The tests fail when the file, a part of the program, does not fit its types.
    let entries = serde_json::from_str::<File>(TEXT).map(|file| file.templates);
    entries.unwrap_or_default().into_iter().map(Template::from).collect()
});

#[derive(Deserialize)]
struct File {
    templates: Vec<Entry>,
}

/// A template as the documentation's pages have it.
#[derive(Deserialize)]
struct Entry {
    id: String,
    name: String,
    category: Option<String>,
    index_group: String,
    credential_type_cli: String,
    injection_header: Option<String>,
    injection_format: Option<String>,
    suggested_injection_header: Option<String>,
    suggested_injection_format: Option<String>,
    hosts: Vec<String>,
    host_patterns: Vec<String>,
    #[serde(default)]
    extra_fields: Vec<ExtraField>,
}

#[derive(Deserialize)]
struct ExtraField {
    label: String,
    required: bool,
    note: Option<String>,
}

/// A template of the catalogue.
#[derive(Debug, Serialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) name: String,
    category: String,
    pub(crate) credential_type: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) injection_header: String,
    pub(crate) injection_format: String,
    pub(crate) allowed_hosts: Vec<String>,
}

/// One part of a credential.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    label: String,
    pub(crate) required: bool,
    /// Whether it is the credential itself, so that a plain credential value fills it.
    #[serde(skip)]
    pub(crate) primary: bool,
}

/// Every template, by id.
pub(crate) fn all() -> &'static [Template] {
    &ALL
}

/// The template of this id.
pub(crate) fn find(id: &str) -> Option<&'static Template> {
    all().iter().find(|template| template.id == id)
}

impl Field {
    /// Its name on the wire is its label in lower case.
    pub(crate) fn new(label: &str, required: bool, primary: bool) -> Self {
        let name = label.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "_");
        Self { name, label: label.to_owned(), required, primary }
    }
}

impl From<Entry> for Template {
    fn from(entry: Entry) -> Self {
        let hosts = entry.hosts.into_iter().chain(entry.host_patterns);
        let header = entry.injection_header.or(entry.suggested_injection_header);
        let format = entry.injection_format.or(entry.suggested_injection_format);
        Self {
            fields: fields(&entry.credential_type_cli, &entry.extra_fields),
            id: entry.id,
            name: entry.name,
            category: entry.category.unwrap_or(entry.index_group),
            credential_type: entry.credential_type_cli,
            injection_header: header.unwrap_or_default(),
            injection_format: format.unwrap_or_default(),
            // Placeholders such as `<gitlab-hostname>` stand for hosts that only the person knows.
            allowed_hosts: hosts.filter(|host| !host.contains('<')).collect(),
        }
    }
}

/// The credential itself first.
fn fields(credential_type: &str, extra: &[ExtraField]) -> Vec<Field> {
    let mut fields: Vec<Field> = extra.iter().map(Field::from).collect();
    if !fields.iter().any(|field| field.primary) {
        fields.insert(0, Field::new("Credential value", true, true));
    }
    if credential_type == "aws_sig_v4" {
        fields.push(Field::new("Region", true, false));
        fields.push(Field::new("Session token", false, false));
    }
    fields
}

impl From<&ExtraField> for Field {
    fn from(field: &ExtraField) -> Self {
        let primary = field.note.as_deref().is_some_and(|note| PRIMARY.contains(&note));
        Self::new(&field.label, field.required, primary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_there() {
        assert_eq!(all().len(), 63);
        for template in all() {
            let format = &template.injection_format;
            assert!(!template.injection_header.is_empty(), "{}", template.id);
            assert!(format.contains("{token}") || format == "AWS4-HMAC-SHA256", "{}", template.id);
        }
        for (id, expected) in [
            ("openai", "credential_value"),
            ("shopify", "credential_value store_subdomain"),
            ("twilio", "account_sid auth_token"),
            ("aws", "access_key_id secret_access_key region session_token"),
        ] {
            let fields = find(id).map_or(&[][..], |template| &template.fields);
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            assert_eq!(names.join(" "), expected);
            assert!(fields[0].required && fields[0].primary, "{id}");
        }
    }
}
