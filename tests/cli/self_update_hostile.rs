//! `alter self-update` where something goes wrong: what stands on the disk is the old program or the new one, whole.

use std::fs;
use std::process::Command;

use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;

use crate::support::release::{Signer, Site, name, program};
use crate::support::{Outcome, Play, Server};

const NOW: &str = env!("CARGO_PKG_VERSION");
const KILL: i32 = 9;
const TERM: i32 = 15;

/// A site with one release, a newer one.
fn site() -> Site {
    Site::new(&[("9.9.9", &program("9.9.9"))])
}

#[test]
fn takes_nothing_that_is_not_signed_as_it_is() {
    type Spoil = fn(&Site);
    fn edit(site: &Site, file: &str, change: impl FnOnce(String) -> String) {
        let file = format!("release/{file}");
        site.home.write(&file, change(site.home.read(&file)));
    }
    const SIGNATURE: &str = "SHA256SUMS.minisig";
    let spoils: &[(&str, Spoil)] = &[
        ("was not made with the key of the releases", |site| {
            site.sign(&Signer { id: *b"another.", ..Signer::default() });
        }),
        ("does not match what it is to sign", |site| {
            site.sign(&Signer { seed: [8; 32], ..Signer::default() });
        }),
        ("signs a hash of the file", |site| {
            site.sign(&Signer { kind: *b"ED", ..Signer::default() });
        }),
        ("does not match what it is to sign", |site| edit(site, "SHA256SUMS", |text| text + "\n")),
        ("does not match its own comment", |site| {
            edit(site, SIGNATURE, |text| text.replace("timestamp:1", "timestamp:2"));
        }),
        ("is not a whole minisign signature", |site| {
            edit(site, SIGNATURE, |text| text[..text.len() / 2].to_owned());
        }),
        ("is not a whole minisign signature", |site| edit(site, SIGNATURE, |_| String::new())),
        ("is not a whole minisign signature", |site| {
            edit(site, SIGNATURE, |_| "\u{fffd}\n\0\n\n\n".to_owned());
        }),
        ("is not the file that SHA256SUMS lists (10 bytes came)", |site| {
            edit(site, &name("9.9.9"), |text| text[..10].to_owned());
        }),
        ("is not the file that SHA256SUMS lists (0 bytes came)", |site| {
            edit(site, &name("9.9.9"), |_| String::new());
        }),
        ("does not say that it is alter 9.9.9", |site| {
            site.publish(&[("9.9.9", &program("9.9.8"))]);
        }),
        ("does not answer --version", |site| site.publish(&[("9.9.9", "#!/bin/sh\nexit 1\n")])),
        ("does not start", |site| site.publish(&[("9.9.9", "\x7fELF of another machine")])),
    ];
    for (told, spoil) in spoils {
        let site = site();
        spoil(&site);
        site.update([]).run().exits(1).prints("").stderr_has(told);
        assert!(site.is_old() && site.beside().is_empty(), "{told}");
    }
}

#[test]
fn an_answer_that_breaks_off_leaves_the_old_program() {
    for cut in ["SHA256SUMS", "SHA256SUMS.minisig", &name("9.9.9")] {
        let site = site();
        let (folder, torn) = (site.home.join("release"), cut.to_owned());
        let server = Server::new(move |request| {
            let file = request.target.trim_start_matches('/');
            let bytes = fs::read(folder.join(file)).unwrap();
            let whole = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
            let sent = if file == torn { &bytes[..10] } else { &bytes };
            Play::SendAndClose([whole.as_bytes(), sent].concat())
        });
        let broken = site.update(["--from", &server.url()]).run();
        broken
            .exits(1)
            .prints("")
            .stderr_has("breaks off before its end")
            .stderr_has("nothing was changed");
        assert!(site.is_old() && site.beside().is_empty(), "{cut}");
    }
}

#[test]
fn puts_the_old_program_back_when_the_new_one_fails_in_its_place() {
    let only_beside =
        "#!/bin/sh\ncase $(readlink $0) in *.new) echo 'alter 9.9.9 (a, b)' ;; *) exit 1 ;; esac\n";
    let site = Site::new(&[("9.9.9", only_beside)]);
    let failed = site.update([]).run();
    failed.exits(1).stderr_has("the new program: does not answer --version");
    failed.stderr_has(&format!("{} is alter {NOW}, as before", site.alter().display()));
    assert!(site.is_old() && site.beside().is_empty());
}

#[test]
fn a_full_disk_leaves_the_old_program() {
    let large = program("9.9.9") + &"#".repeat(4 << 20);
    let site = Site::new(&[("9.9.9", &large)]);
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"";
    let refused = site.update_through(&["/bin/bash", "-c", script], []).run();
    refused.exits(1).stderr_has("File too large");
    refused.stderr_has(&format!("is alter {NOW}, as before"));
    assert!(site.is_old() && site.beside().is_empty());

    let Some(mut apart) = with_mounts_of_its_own() else {
        return; // The limit above has to do.
    };
    // A disk with room for the program and one MiB.
    let script = "set -e; disk=$HOME/disk; mkdir $disk; size=$(stat -c %s $0); \
        mount -t tmpfs -o size=$((size + 1048576)) none $disk; cp $0 $disk/alter; \
        $disk/alter \"$@\" && exit 9; ls $disk; cmp $0 $disk/alter";
    apart.extend(["/bin/sh", "-c", script]);
    let refused = site.update_through(&apart, []).run();
    refused.exits(0).prints("alter\n").stderr_has("No space left on device");
    refused.stderr_has("fix: make room on that disk");
}

/// The words that run a program where it may mount what it likes, if this machine has such a place.
fn with_mounts_of_its_own() -> Option<Vec<&'static str>> {
    let mut words = vec!["/usr/bin/unshare", "--mount"];
    if !geteuid().is_root() {
        words.push("--map-root-user");
    }
    let tried = Command::new(words[0]).args(&words[1..]).arg("true").output();
    tried.is_ok_and(|done| done.status.success()).then_some(words)
}

#[test]
fn without_proc_it_says_what_to_do() {
    let Some(mut apart) = with_mounts_of_its_own() else {
        return;
    };
    let site = site();
    apart.extend(["/bin/sh", "-c", "mount -t tmpfs none /proc && exec \"$0\" \"$@\""]);
    let refused = site.update_through(&apart, []).run();
    refused
        .exits(1)
        .stderr_has("/proc")
        .stderr_has("fix: mount /proc, or put the new program here by hand");
    assert!(site.is_old() && site.beside().is_empty());
}

#[test]
fn a_read_only_folder_leaves_the_old_program() {
    let site = site();
    let bin = site.home.join("bin");
    fs::set_permissions(&bin, std::os::unix::fs::PermissionsExt::from_mode(0o555)).unwrap();
    let other = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let through: &[&str] = if geteuid().is_root() { &other } else { &[] };
    let refused = site.update_through(through, []).run();
    refused.exits(1).stderr_has("Permission denied").stderr_has("such as with sudo");
    refused.stderr_has(&format!("{} is alter {NOW}, as before", site.alter().display()));
    assert!(site.is_old() && site.beside().is_empty());
}

#[test]
fn one_at_a_time() {
    let site = site();
    let folder = fs::File::open(site.home.join("bin")).unwrap();
    flock(&folder, FlockOperation::LockExclusive).unwrap();
    site.update([]).run().exits(5).stderr_has("another self-update is at work on it");
    assert!(site.is_old() && site.beside().is_empty());
}

/// Whether the old program is kept beside the new one, under a second name, and nothing else is.
fn is_old_alone(beside: &[String]) -> bool {
    matches!(beside, [old] if old.rsplit_once('.').is_some_and(|(_, ending)| ending == "old"))
}

#[test]
fn a_signal_is_answered_by_which_program_is_there() {
    let ends = |place: &str| {
        format!(
            "#!/bin/sh\ncase $(readlink $0) in {place}) kill -TERM $PPID; exec sleep 60 ;; esac\necho 'alter 9.9.9 (a, b)'\n"
        )
    };
    let site = Site::new(&[("9.9.9", &ends("*.new"))]);
    let file = site.alter();
    site.update([])
        .run()
        .ended_by(TERM)
        .says(&format!("interrupted: {} is alter {NOW}, as before\n", file.display()));
    assert!(site.is_old() && site.beside().is_empty());

    let new = ends("*/alter");
    site.publish(&[("9.9.9", &new)]);
    site.update([])
        .run()
        .ended_by(TERM)
        .stderr_has(&format!("interrupted: {} is alter 9.9.9; ", file.display()))
        .stderr_has(&format!(".old is {NOW}\n"));
    assert_eq!(site.home.read("bin/alter"), new);
    assert!(is_old_alone(&site.beside()), "{:?}", site.beside());
}

#[test]
fn a_fifo_in_the_release_folder_is_not_waited_for() {
    for file in ["SHA256SUMS", "SHA256SUMS.minisig", &name("9.9.9")] {
        let site = site();
        fs::remove_file(site.home.join("release").join(file)).unwrap();
        site.home.fifo(&format!("release/{file}"));
        let refused = site.update([]).run();
        refused.exits(1).stderr_has(&format!("{file}: is no regular file"));
        assert!(site.is_old() && site.beside().is_empty(), "{file}");
    }
}

#[test]
fn only_the_file_that_was_signed_is_run() {
    // Whoever may write to the folder puts a program of their own in its place, as soon as it is there.
    let site = site();
    let swapped = "#!/bin/sh\ntouch $(dirname $(readlink -f $0))/was-run\necho 'alter 9.9.9 (not the signed one)'\n";
    let swapped = site.home.write("swapped", swapped);
    fs::set_permissions(&swapped, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (bin, stop) =
        (site.home.join("bin"), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let stopped = stop.clone();
    let attacker = std::thread::spawn(move || {
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            let files =
                fs::read_dir(&bin).unwrap().filter_map(Result::ok).map(|entry| entry.path());
            for file in files.filter(|file| file.extension().is_some_and(|end| end == "new")) {
                let own = bin.join("own");
                let _ = fs::copy(&swapped, &own);
                let _ = fs::rename(&own, &file);
            }
        }
    });
    for _ in 0..20 {
        site.update([]).run();
        assert!(!site.home.join("bin/was-run").exists());
        let _ = fs::remove_file(site.alter());
        fs::hard_link(site.home.join("original"), site.alter()).unwrap();
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    attacker.join().unwrap();
}

/// The system calls that change or wait for something; the process is killed at each of them, every time it is made.
const STEPS: &[&str] = &[
    "write",
    "flock",
    "fchmod",
    "fsync",
    "linkat",
    "renameat",
    "renameat2",
    "unlinkat",
    "unlink",
    "clone3",
    "exit_group",
];

/// Updates the site again and again, a signal coming at one step after the other, until that step is made no more.
fn at_each_step(site: &Site, signal: &str, mut ended: impl FnMut(&Outcome, &str)) {
    for step in STEPS {
        for time in 1.. {
            let inject = format!("inject={step}:signal={signal}:when={time}");
            let strace = ["/usr/bin/strace", "-qq", "-o", "/dev/null", "-e", &inject];
            let run = site.update_through(&strace, []).run();
            let last = run.status.code() == Some(0);
            if !last {
                ended(&run, &format!("{step} {time}"));
            }
            site.restore();
            if last {
                break;
            }
        }
    }
}

#[test]
fn a_kill_at_any_step_leaves_one_of_the_two() {
    let (site, new) = (site(), program("9.9.9"));
    let (mut kept, mut changed) = (0, 0);
    at_each_step(&site, "KILL", |run, step| {
        run.ended_by(KILL);
        if site.is_old() {
            kept += 1;
            site.update([]).run().exits(0);
            assert!(site.beside().is_empty(), "{step}: {:?}", site.beside());
        } else {
            changed += 1;
        }
        assert_eq!(site.home.read("bin/alter"), new, "{step}");
    });
    assert!(kept > 7 && changed > 3, "{kept} kills before the change, {changed} after it");
}

#[test]
fn an_interrupt_at_any_step_says_which_of_the_two_is_there() {
    let (site, new) = (site(), program("9.9.9"));
    let old_is_there = format!("interrupted: {} is alter {NOW}, as before", site.alter().display());
    let new_is_there = format!("interrupted: {} is alter 9.9.9", site.alter().display());
    let (mut kept, mut changed) = (0, 0);
    at_each_step(&site, "TERM", |run, step| {
        run.ended_by(TERM);
        let (told, beside) = (run.err(), site.beside());
        if site.is_old() {
            kept += 1;
            // Before anything is begun there is nothing to tell.
            assert!(told.starts_with(&old_is_there) || told.is_empty(), "{step}: {told}");
            assert!(beside.is_empty(), "{step}: {beside:?}");
        } else {
            changed += 1;
            assert_eq!(site.home.read("bin/alter"), new, "{step}");
            // A signal that comes behind the result finds that it was told.
            let in_result = told.is_empty() && run.out().contains("\"updated\"");
            assert!(told.starts_with(&new_is_there) || in_result, "{step}: {told}");
            assert_eq!(told.contains(".old is "), is_old_alone(&beside), "{step}: {told}");
        }
    });
    assert!(kept > 3 && changed > 3, "{kept} interrupts before the change, {changed} after it");
}
