//! Policy rules, of an app, one of its agents, a grant, or a provider.

use super::field::{Field, choice, flag, of_kind, text};
use super::kind::Kind;
use super::operation::{Operation, delete, get, patch, post};
use super::shape::{DELETED, RULE};
use crate::input::rule_body::{MAX_BODY_BYTES, TYPES};

const READ: &str = "dashboard_app_policy:read";
const CREATE: &str = "dashboard_app_policy:rules_create";
const UPDATE: &str = "dashboard_app_policy:rules_update";
const DELETE: &str = "dashboard_app_policy:rules_delete";

const NAME: Field = text("name", 1, 120).nullable();
const DESCRIPTION: Field = text("description", 0, 2000).nullable();
const ENABLED: Field = flag("enabled");
/// What a body of each type is like is checked by [`crate::input::rule_body::check`].
const BODY: Field =
    of_kind("rule_body", Kind::AnyObject { bytes: MAX_BODY_BYTES }).given_by("--body");

const NEW: &[Field] =
    &[choice("rule_type", &TYPES).given_by("--type"), BODY.required(), NAME, DESCRIPTION, ENABLED];
const CHANGE: &[Field] = &[NAME, DESCRIPTION, ENABLED, BODY];

/// The operations on the rules of one kind of target.
#[derive(Debug)]
pub struct Rules {
    /// Lists them.
    pub list: &'static Operation,
    /// Creates one.
    pub create: &'static Operation,
    /// Shows one.
    pub show: &'static Operation,
    /// Changes one.
    pub update: &'static Operation,
    /// Deletes one.
    pub delete: &'static Operation,
}

/// Declares the same five operations for a kind of target.
macro_rules! rules {
    ($($path:literal: $of:ident, $list:ident, $create:ident, $show:ident, $update:ident, $delete:ident;)+) => {
        operations! {$(
            /// Lists the rules of a target.
            $list = get($path).needs(READ).arrays(100, 50, &RULE);
            /// Creates a rule of a target.
            $create = post($path).needs(CREATE).body(NEW).created(&RULE);
            /// Shows a rule of a target.
            $show = get(concat!($path, "/{rule}")).needs(READ).object(&RULE);
            /// Changes a rule of a target.
            $update = patch(concat!($path, "/{rule}")).needs(UPDATE).body(CHANGE).object(&RULE);
            /// Deletes a rule of a target.
            $delete = delete(concat!($path, "/{rule}")).needs(DELETE).object(&DELETED);
        )+}

        $(/// The operations on the rules of this kind of target.
        pub static $of: Rules = Rules {
            list: &$list, create: &$create, show: &$show, update: &$update, delete: &$delete,
        };)+
    };
}

rules! {
    "/apps/{app}/policy/rules": OF_APP, LIST_OF_APP, CREATE_OF_APP, SHOW_OF_APP, UPDATE_OF_APP, DELETE_OF_APP;
    "/apps/{app}/agents/{agent}/policy/rules":
        OF_AGENT, LIST_OF_AGENT, CREATE_OF_AGENT, SHOW_OF_AGENT, UPDATE_OF_AGENT, DELETE_OF_AGENT;
    "/apps/{app}/grants/{grant}/policy/rules":
        OF_GRANT, LIST_OF_GRANT, CREATE_OF_GRANT, SHOW_OF_GRANT, UPDATE_OF_GRANT, DELETE_OF_GRANT;
    "/apps/{app}/providers/{provider}/policy/rules":
        OF_PROVIDER, LIST_OF_PROVIDER, CREATE_OF_PROVIDER, SHOW_OF_PROVIDER, UPDATE_OF_PROVIDER, DELETE_OF_PROVIDER;
}
