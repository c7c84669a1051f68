"""A training as a user writes it: one run with a dataset, a model of which a version is registered. Prints the version."""

import sys

import mlflow
import pandas as pd
from sklearn.linear_model import LinearRegression

name, slope = sys.argv[1], float(sys.argv[2])
mlflow.set_experiment("churn")
frame = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0], "y": [0.0, slope, 2 * slope, 3 * slope]})

with mlflow.start_run(run_name=f"slope {slope:g}", tags={"mlflow.source.git.commit": "0123456789abcdef0123456789abcdef01234567"}):
    mlflow.log_input(mlflow.data.from_pandas(frame, name="visits", targets="y"), context="training")
    model = LinearRegression().fit(frame[["x"]], frame["y"])
    mlflow.log_metric("r2", model.score(frame[["x"]], frame["y"]))
    info = mlflow.sklearn.log_model(
        model,
        name="model",
        registered_model_name=name,
        signature=mlflow.models.infer_signature(frame[["x"]], frame["y"]),
        pip_requirements=["scikit-learn"],
    )
print(info.registered_model_version)
