"""Pages of staffing, rotas, surveys and redeployment."""
