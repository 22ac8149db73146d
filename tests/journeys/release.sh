# Makes a folder of releases, signed as minisign -S -l signs, with the key that debug builds of alter trust.

# release VERSION…: the folder ~/releases with a program of each version.
release() {
    local version folder=~/releases
    mkdir -p "$folder"
    for version in "$@"; do
        printf '#!/bin/sh\necho "alter %s (a release)"\n' "$version" > "$folder/alter-$version-$(uname -m)-linux"
    done
    (cd "$folder" && sha256sum alter-* > SHA256SUMS)
    local key=~/release-key.der comment="timestamp:$(date +%s)"
    # An Ed25519 key of 32 bytes 7, in PKCS #8.
    { printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20' && printf '\x07%.0s' {1..32}; } > "$key"
    sign() { openssl pkeyutl -sign -rawin -inkey "$key" -keyform DER -in "$1"; }
    sign "$folder/SHA256SUMS" > ~/signature
    { cat ~/signature && printf '%s' "$comment"; } > ~/signed
    {
        echo "untrusted comment: signature of the releases"
        { printf 'Edtestkey.' && cat ~/signature; } | base64 -w 0
        printf '\ntrusted comment: %s\n' "$comment"
        sign ~/signed | base64 -w 0
        echo
    } > "$folder/SHA256SUMS.minisig"
}
