"""What chat templates add around messages: integers by which models of one vocabulary differ."""
