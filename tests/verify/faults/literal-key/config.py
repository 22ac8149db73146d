# alter_rk_abcdefghijklmnopqrstuv_iwpykn in a comment is no string
HEADER = f"Bearer alter_key_0123456789abcdefghijABCDEFGHIJ_-_-012345 {1}"
