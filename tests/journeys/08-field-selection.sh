# Only the fields that are wanted.
source "$(dirname "$0")/checks.sh"

alter apps list --fields id,name

is "$(alter apps list --fields id,name | jq -c 'map(keys)')" '[["id","name"],["id","name"]]'
# An unknown name fails loudly, and says which names there are.
unknown=$(exits 2 alter apps list --fields id,nam 2>&1)
has "$unknown" '`nam`'
has "$unknown" name
