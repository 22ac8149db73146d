class AlterFastAPI:
    pass
