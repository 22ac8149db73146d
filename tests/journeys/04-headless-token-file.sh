# Headless: the PAT comes from a file.
source "$(dirname "$0")/checks.sh"
PAT=$ALTER_PAT
unset ALTER_PAT

umask 077 && printf '%s' "$PAT" > ~/alter-pat.txt
alter auth login --token-file ~/alter-pat.txt

alter auth status | holds '.source == "file" and .name == "ready"'
is "$(stat -c %a ~/.config/alter/auth.toml)" 600

# A PAT that the portal refuses is not stored.
alter auth logout
echo alter_pat_demo_revoked_0000000000000000000000000000 > ~/alter-pat.txt
exits 3 alter auth login --token-file ~/alter-pat.txt
exits 3 alter auth status
