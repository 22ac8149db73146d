# Upgrade the program.
source "$(dirname "$0")/checks.sh"
source "$journeys/release.sh"
# Where releases come from. Those here only say their version.
release 0.3.0 99.0.0
export ALTER_RELEASE_URL=$HOME/releases
# A program of the reader's own, in their PATH.
original=$(type -P alter)
mkdir -p ~/.local/bin
export PATH=$HOME/.local/bin:$PATH
install_alter() { cp "$original" ~/.local/bin/alter && hash -r; }
install_alter

alter self-update --dry-run | holds '.status == "available" and .release == "99.0.0"'
is "$(alter --version)" "$("$original" --version)"
alter self-update
is "$(alter --version)" "alter 99.0.0 (a release)"
install_alter
alter self-update --to 0.3.0
is "$(alter --version)" "alter 0.3.0 (a release)"
is "$(ls ~/.local/bin)" alter

# A program that a package manager put there is left to it.
mkdir -p ~/node_modules/@alter-ai/cli/bin
cp "$original" ~/node_modules/@alter-ai/cli/bin/alter
owned=$(exits 5 ~/node_modules/@alter-ai/cli/bin/alter self-update 2>&1)
has "$owned" "npm install"
cmp "$original" ~/node_modules/@alter-ai/cli/bin/alter
# A release whose list was changed after it was signed is not taken.
install_alter
echo "0000  alter-99.1.0-$(uname -m)-linux" >> ~/releases/SHA256SUMS
exits 1 alter self-update
is "$(alter --version)" "$("$original" --version)"
