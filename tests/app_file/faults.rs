//! Every fault of a file: where it is, and what is said of it.

use crate::support::{Home, alter};

/// A file, and the parts that its refusal has: `line:column: path why`.
const FAULTS: &[(&str, &[&str])] = &[
    ("", &["alter.yaml:1:1", "has no value"]),
    ("[]", &["1:1", "must be a map"]),
    ("version: 2", &["1:10", "version must be 1"]),
    ("app: {name: a}", &["1:1", "version is required"]),
    ("version: 1\nversion: 1", &["2:1", "`version` is given a second time"]),
    ("version: 1\nkyes: {}", &["2:1", "kyes is not a known key; did you mean `keys`?"]),
    ("version: 1\nzzzzzzzzz: {}", &["2:1", "there are version, app, providers"]),
    ("version: 1\nkeys:", &["2:1", "keys has no value: write `{}`"]),
    ("version: 1\nkeys: []", &["2:7", "keys must be a map"]),
    ("version: 1\nkeys: {a: }", &["keys.a has no value"]),
    ("version: 1\nkeys: {a: 1}", &["2:11", "keys.a must be a map"]),
    ("version: 1\nkeys: {'': {scopes: ['a:b']}}", &["has a name that is blank"]),
    ("version: 1\nkeys: {a: {scopes: x}}", &["2:20", "keys.a.scopes must be a list"]),
    ("version: 1\nkeys: {a: {scopes: []}}", &["keys.a.scopes must not be empty"]),
    (
        "version: 1\nkeys:\n  a:\n    scopes: ['tokens:retrieve', nope]",
        &["4:33", "keys.a.scopes[1]"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], key_type: user}}",
        &["keys.a.key_type must be one of runtime, agent"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], cidr_allowlist: [300.0.0.1/8]}}",
        &["keys.a.cidr_allowlist[0]"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], cidr_allowlist: [0.0.0.0/0]}}",
        &["keys.a.cidr_allowlist[0]"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], rate_limit_rpm: 0}}",
        &["rate_limit_rpm must be a whole number from 1 to 100000"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], rate_limit_rpm: many}}",
        &["rate_limit_rpm must be a whole number"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], rate_limit_rpm: '5'}}",
        &["rate_limit_rpm must be a whole number"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], expires_in: soon}}",
        &["keys.a.expires_in must be a duration"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], expires_in: 1d, expires_at: 2099-01-01T00:00:00Z}}",
        &["one of the two"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], expires_at: 2001-01-01T00:00:00Z}}",
        &["expires_at is in the past"],
    ),
    (
        "version: 1\nkeys: {a: {scopes: ['*'], expires_at: tomorrow}}",
        &["expires_at must be an RFC 3339"],
    ),
    ("version: 1\nkeys: {a: {scopes: ['*'], id: 7}}", &["keys.a.id"]),
    ("version: 1\nkeys: {a: {scope: ['*']}}", &["did you mean `scopes`?"]),
    ("version: 1\nkeys: {a: &x {scopes: ['*']}}", &["anchors"]),
    ("version: 1\nkeys: {a: *x}", &["1", ""]),
    ("version: 1\nkeys: {a: !!str x}", &["tags"]),
    ("version: 1\n<<: {a: b}", &["2:1", "merge keys"]),
    ("version: 1\n---\nversion: 1", &["a second document"]),
    ("version: 1\n? [a]\n: 1", &["a key must be a word"]),
    ("version: 1\napp: {name: ''}", &["app.name is empty"]),
    ("version: 1\napp: {name: [a]}", &["app.name must be a string"]),
    ("version: 1\napp: {name: a, website_url: 'ftp://a'}", &["app.website_url"]),
    ("version: 1\napp: {name: a, id: x}", &["app.id is not a known key"]),
    ("version: 1\napp: {name: {secret: a}}", &["app.name is not a credential"]),
    (
        "version: 1\nproviders: {github: {scopes: [a], client_secret: plain}}",
        &["providers.github.client_secret must be {secret: NAME}"],
    ),
    (
        "version: 1\nproviders: {github: {scopes: [a], client_secret: {var: x}}}",
        &["client_secret must be {secret: NAME}"],
    ),
    (
        "version: 1\nproviders: {github: {scopes: [a], client_secret: {secret: 'a b'}}}",
        &["names a secret by something else"],
    ),
    ("version: 1\nproviders: {github: {scopes: [{secret: a}]}}", &["is not a credential"]),
    (
        "version: 1\nproviders: {github: {scopes: [a], redirect_uris: ['http://a.example']}}",
        &["redirect_uris[0]"],
    ),
    (
        "version: 1\nproviders: {github: {scopes: [a], status: on}}",
        &["status must be one of active, disabled"],
    ),
    (
        "version: 1\nproviders: {github: {scopes: [a], credential_source: mine}}",
        &["credential_source must be one of"],
    ),
    (
        "version: 1\nidentity_provider: {issuer_url: 'http://a.example'}",
        &["identity_provider.issuer_url"],
    ),
    ("version: 1\nidentity_provider: {issuer: x}", &["did you mean `issuer_url`?"]),
    ("version: 1\nagents: {Billing: {}}", &["agents.Billing stands under a name"]),
    ("version: 1\nagents: {a: {type: robot}}", &["agents.a.type must be one of agent, service"]),
    ("version: 1\nagents: {a: {metadata: [1]}}", &["agents.a.metadata must be an object"]),
    (
        "version: 1\nagents: {a: {scopes: {github: []}}}",
        &["agents.a.scopes.github must not be empty"],
    ),
    ("version: 1\nagents: {a: {scopes: {github: {}}}}", &["agents.a.scopes.github must be a list"]),
    ("version: 1\nagents: {a: {status: revoked}}", &["status must be one of active, inactive"]),
    (
        "version: 1\nmanaged_secrets: {Stripe: {name: Stripe, credential: {secret: s}}}",
        &["the slug `stripe`"],
    ),
    (
        "version: 1\nmanaged_secrets: {pay: {name: Stripe Live, credential: {secret: s}}}",
        &["the slug `stripe-live`"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, credential: sk_live}}",
        &["credential must be {secret: NAME}"],
    ),
    ("version: 1\nmanaged_secrets: {s: {name: s, credential: {}}}", &["credential has no parts"]),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, credential: {password: hunter2}}}",
        &["credential.password must be {secret: NAME}"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, allowed_hosts: ['https://a']}}",
        &["allowed_hosts[0]"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, allowed_hosts: ['*.com']}}",
        &["allowed_hosts[0]"],
    ),
    ("version: 1\nmanaged_secrets: {s: {name: s, injection_header: Host}}", &["injection_header"]),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, injection_format: Bearer}}",
        &["injection_format"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, delegation: {max_delegation_ttl_days: 0}}}",
        &["delegation.max_delegation_ttl_days"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, delegation: {ttl: 1}}}",
        &["delegation.ttl is not a known key"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, grants: {g: {}}}}",
        &["managed_secrets.s.grants.g must have exactly one of agent"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, grants: {g: {agent: a, system: true}}}}",
        &["exactly one of"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, grants: {g: {system: false}}}}",
        &["system must be true"],
    ),
    ("version: 1\nmanaged_secrets: {s: {name: s, grants: {g: {user: x}}}}", &["grants.g.user"]),
    ("version: 1\nmanaged_secrets: {s: {name: s, grants: {g: {group: {idp_id: x}}}}}", &["group"]),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, grants: {g: {system: true, label: x}}}}",
        &["is the key that the grant stands under"],
    ),
    (
        "version: 1\nmanaged_secrets: {s: {name: s, grants: {g: {system: true, expires_in: 1y}}}}",
        &["must be a duration"],
    ),
    (
        "version: 1\nmanaged_secrets: {a-b: {name: a-b, credential: {secret: a-b}}, c: {name: c, credential: {secret: a_b}}}",
        &["comes to the same variable as `a-b`: ALTER_SECRET_A_B"],
    ),
    ("version: 1\nrules: {everyone: {}}", &["rules.everyone is not a known key"]),
    ("version: 1\nrules: {app: {r: {}}}", &["rules.app.r has no body"]),
    ("version: 1\nrules: {app: {r: {body: {}}}}", &["rules.app.r.body"]),
    (
        "version: 1\nrules: {app: {r: {body: {when: {method: get}, effect: deny}}}}",
        &["rules.app.r.body when.method"],
    ),
    ("version: 1\nrules: {app: {r: {body: {when: {}, effect: deny}}}}", &["when"]),
    ("version: 1\nrules: {app: {r: {body: {when: {method: GET}, effect: allow}}}}", &["effect"]),
    ("version: 1\nrules: {app: {r: {type: ip_allowlist, body: {allow: [x]}}}}", &["allow[0]"]),
    ("version: 1\nrules: {app: {r: {type: time_window, body: {}}}}", &["rules.app.r.body"]),
    (
        "version: 1\nrules: {app: {r: {type: other, body: {}}}}",
        &["rules.app.r.type must be one of"],
    ),
    ("version: 1\nrules: {grants: {stripe: {r: {body: {}}}}}", &["must be SLUG/LABEL"]),
    ("version: 1\nbranding: {colors: {primary: red}}", &["branding.colors.primary"]),
    ("version: 1\nbranding: {logo_url: 'http://a'}", &["branding.logo_url"]),
    ("version: 1\nbranding: {color: {}}", &["did you mean `colors`?"]),
    ("version: 1\nkeys: {a: {scopes: ['*']}", &["alter.yaml:"]),
    (
        "version: 1\nkeys: {a: {scopes: ['*', {var: s}], rate_limit_rpm: {var: n, x: y}}}",
        &["rate_limit_rpm"],
    ),
];

#[test]
fn every_fault_has_a_place_a_path_and_a_reason() {
    for (file, parts) in FAULTS {
        let home = Home::new();
        home.write("alter.yaml", file);
        let run = alter(["plan", "--validate"]).cwd(home.path()).run();
        run.exits(2);
        for part in *parts {
            assert!(run.err().contains(part), "{file}\nlacks {part:?}:\n{}", run.err());
        }
    }
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_file() {
    let home = Home::new();
    home.write("alter.yaml", "version: 1\nkeys: {a: {scopes: []}}\nagents: {B: {type: x}}\n");
    let run = alter(["plan", "--validate"]).cwd(home.path()).run();
    run.exits(2).stderr_has("has 3 faults");
    let lines: Vec<&str> = run.err().lines().collect();
    assert!(lines[0].starts_with("alter.yaml:2:20: keys.a.scopes"), "{lines:?}");
    assert!(lines[1].starts_with("alter.yaml:3:10: agents.B"), "{lines:?}");
}

#[test]
fn hostile_files_are_refused_at_once() {
    let deep = format!("version: 1\nagents: {{a: {{metadata: {}", "{a: ".repeat(5_000));
    let list = format!("version: 1\nagents:\n  {}x", "- ".repeat(9_980));
    let long = "x".repeat((1 << 20) + 1);
    let laughs = "version: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    for (file, part) in
        [(deep.as_str(), "nested deeper"), (&list, ""), (&long, "1 MiB"), (laughs, "anchors")]
    {
        let home = Home::new();
        home.write("alter.yaml", file);
        alter(["plan", "--validate"]).cwd(home.path()).run().exits(2).stderr_has(part);
    }
}

#[test]
fn a_file_that_is_not_there_or_not_a_file_is_named() {
    let home = Home::new();
    alter(["plan", "--validate"]).cwd(home.path()).run().exits(4).stderr_has("alter.yaml");
    home.fifo("alter.yaml");
    alter(["plan", "--validate"]).cwd(home.path()).run().exits(2);
    home.write("good.yaml", super::SHOP);
    alter(["plan", "--validate", "-f", "good.yaml"])
        .cwd(home.path())
        .run()
        .exits(0)
        .says("good.yaml is a valid app file.\n");
}
