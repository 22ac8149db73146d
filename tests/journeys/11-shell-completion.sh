# Completion in the shell.
source "$(dirname "$0")/checks.sh"
export SHELL=/bin/bash
touch ~/.bashrc ~/.zshrc

alter completion install 2>&1 | tee installed
mkdir -p ~/.zsh/completions # the reader's own, in their fpath
alter completion print --shell zsh >> ~/.zsh/completions/_alter

file=$(find ~ -path '*bash*' -name 'alter*' -type f)
has "$(cat installed)" "$file"
# It completes.
completed=$(bash -c "source $file; COMP_WORDS=(alter ap); COMP_CWORD=1; COMP_LINE='alter ap'; COMP_POINT=8; "'f=$(complete -p alter | sed "s/.*-F \([^ ]*\).*/\1/"); $f alter ap alter; echo "${COMPREPLY[*]}"')
has "$completed" apps
has "$(head -1 ~/.zsh/completions/_alter)" "#compdef alter"
# No rc file is edited.
is "$(cat ~/.bashrc ~/.zshrc)" ""
