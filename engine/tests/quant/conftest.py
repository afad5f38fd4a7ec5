from lift.lift_models import lifted_smol, smol_file  # noqa: F401
