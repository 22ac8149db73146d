//! Clients that one file makes and others use.

use serde_json::json;

use super::{copy, fixture};
use crate::support::{APP, Home, Server, alter};

const PYTHON: &str = "from alter_sdk import App\n\
    vault = App(api_key=KEY)\n\
    def typed() -> App:\n    return cached\n\
    def plain():\n    return App(api_key=KEY)\n";
const SCRIPT: &str = "import { App } from \"@alter-ai/alter-sdk\";\n\
    export const vault = new App({ apiKey: KEY });\n\
    export const make = () => new App({ apiKey: KEY });\n\
    export default vault;\n";

fn project(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    home.write("ALTER_INTEGRATION.md", "---\nruntime_identity: app\nkey_type: runtime\n---\n");
    for (name, text) in files {
        home.write(name, text);
    }
    home
}

#[test]
fn a_client_is_followed_to_the_files_that_import_it() {
    for (made, user, text) in [
        ("clients.py", "a.py", "from clients import vault\nvault.agents.list()\n"),
        ("clients.py", "a.py", "from clients import vault as v\nv.agents.list()\n"),
        ("clients.py", "a.py", "from clients import *\nvault.agents.list()\n"),
        ("clients.py", "a.py", "import clients\nclients.vault.agents.list()\n"),
        ("clients.py", "a.py", "from clients import typed\ntyped().agents.list()\n"),
        ("clients.py", "a.py", "from clients import plain\nx = plain()\nx.agents.list()\n"),
        ("app/clients.py", "app/a.py", "from .clients import vault\nvault.agents.list()\n"),
        ("app/clients.py", "app/x/a.py", "from ..clients import vault\nvault.agents.list()\n"),
        ("app/clients.py", "app/a.py", "from . import clients\nclients.vault.agents.list()\n"),
        ("app/clients.py", "b/a.py", "import app.clients\napp.clients.vault.agents.list()\n"),
        (
            "src/app/clients.py",
            "tests/a.py",
            "from app.clients import vault\nvault.agents.list()\n",
        ),
        ("app/__init__.py", "a.py", "from app import vault\nvault.agents.list()\n"),
        ("clients.ts", "a.ts", "import { vault } from \"./clients\";\nvault.agents.list();\n"),
        ("clients.ts", "x/a.js", "import v from '../clients.js';\nv.agents.list();\n"),
        ("clients.ts", "a.ts", "import * as c from \"./clients\";\nc.vault.agents.list();\n"),
        ("clients.ts", "a.js", "const { vault } = require('./clients');\nvault.agents.list();\n"),
        ("clients.ts", "a.ts", "import { make } from './clients';\nmake().agents.list();\n"),
        (
            "src/lib/clients.ts",
            "src/app/a.tsx",
            "import { vault } from \"@/lib/clients\";\nvault.agents.list();\n",
        ),
        ("lib/index.ts", "a.ts", "import { vault } from \"./lib\";\nvault.agents.list();\n"),
    ] {
        let client = if made.rsplit('.').next() == Some("py") { PYTHON } else { SCRIPT };
        let home = project(&[(made, client), (user, text)]);
        let run = alter(["verify", "--skip-sdk-check"]).home(&home).run();
        let scopes = &run.exits(0).json()["required_scopes"];
        assert_eq!(scopes, &json!(["agents:read"]), "{made} {user} {text}");
    }
}

#[test]
fn a_client_is_followed_through_files_that_pass_it_on() {
    let home = project(&[
        ("app/clients.py", PYTHON),
        ("app/__init__.py", "from .clients import vault\n"),
        ("a.py", "from app import vault\nvault.agents.list()\n"),
        ("lib/clients.ts", SCRIPT),
        ("lib/index.ts", "export * from \"./clients\";\n"),
        ("page.ts", "import { vault } from \"./lib\";\nvault.keys.derive();\n"),
    ]);
    let report = alter(["verify", "--skip-sdk-check"]).home(&home).run().exits(0).json();
    assert_eq!(report["required_scopes"], json!(["agents:read", "keys:derive"]));
}

#[test]
fn a_name_of_another_file_that_is_no_client_means_nothing() {
    let home = project(&[
        ("clients.py", PYTHON),
        ("other.py", "vault = Store()\n"),
        ("a.py", "from other import vault\nvault.agents.list()\n"),
    ]);
    let report = alter(["verify", "--skip-sdk-check"]).home(&home).run().exits(0).json();
    assert_eq!(report["required_scopes"], json!([]));
}

#[test]
fn a_scope_that_a_client_from_elsewhere_may_need_is_not_called_unused() {
    let home = Home::new();
    copy(&fixture("faults/clean"), home.path());
    home.write(
        "job.py",
        "from alter_sdk import App\ndef run(service):\n    service.vault.agents.list()\n",
    );
    let scopes = json!(["tokens:retrieve", "audit:emit", "agents:read", "spans:emit"]);
    let server =
        Server::json(200, &json!({"id": "k", "key_type": "rk", "scopes": scopes}).to_string());
    let run = alter(["verify", "--skip-sdk-check", "--key", "k"])
        .home(&home)
        .env("ALTER_APP_ID", APP)
        .to(&server)
        .run();
    let findings = run.json()["findings"].clone();
    assert_eq!(findings.as_array().map(Vec::len), Some(1), "{run}");
    assert!(findings[0]["message"].as_str().unwrap().contains("`spans:emit`"), "{run}");
}
