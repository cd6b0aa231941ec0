/** How a call of MLflow's API names the group that it is within. */
export const inGroup = (group: number) => ({
  headers: { 'X-MLFLOW-WORKSPACE': String(group) },
});
