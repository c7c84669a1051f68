"""Fills a server as a user of the official client does, and prints the ids that the pages are opened with."""

import json
import math

import mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

HOSTILE = '<img src=x onerror="document.title=1">'

client = mlflow.MlflowClient()
mlflow.set_experiment("flowers/iris")
frame, target = load_iris(return_X_y=True, as_frame=True)

runs = []
for index, strength in enumerate([0.01, 0.1, 1.0, 10.0]):
    with mlflow.start_run(run_name=f"ridge-{index}") as run:
        runs.append(run.info.run_id)
        mlflow.log_params({"C": strength, "solver": "lbfgs" if index % 2 else "saga", "max_iter": 200})
        mlflow.set_tag("team", HOSTILE)
        mlflow.log_input(mlflow.data.from_pandas(frame, name="iris"), context="training")
        for step in range(40):
            mlflow.log_metric("val/loss", 2 / (step + 1 + index) + 0.01 * index, step=step)
            mlflow.log_metric("val/acc", 1 - 1 / (step + 2 + index), step=step)
        mlflow.log_metric("only_nan", math.nan)
        mlflow.log_metric("diverged", math.inf)
        mlflow.log_metric("one_point", 0.5)
        mlflow.log_text("epoch 1\nepoch 2\n", "logs/console.log")
        mlflow.log_text("name,value\na,1\nb,2\n", "table.csv")
        mlflow.log_text(f"<script>parent.document.title='owned'</script>{HOSTILE}", "report.html")
        mlflow.log_dict({"lr": strength, "name": HOSTILE}, "config.json")
        mlflow.log_text(f"# Notes\n\n{HOSTILE} [x](javascript:document.title=1)\n", "notes.md")
        model = LogisticRegression(C=strength, max_iter=200).fit(frame, target)
        mlflow.sklearn.log_model(
            model, name="model", input_example=frame.head(2), registered_model_name="iris classifier"
        )

with mlflow.start_run(run_name="sweep") as parent:
    mlflow.log_metric("val/acc", 0.9)
    for index in range(3):
        with mlflow.start_run(run_name=f"child-{index}", nested=True):
            mlflow.log_metric("val/acc", 0.8 + index / 100)

with mlflow.start_run(run_name=HOSTILE) as hostile:
    mlflow.log_param("long", "x" * 6000)
    mlflow.set_tag("longest", "y" * 8000)
    mlflow.set_tag("script", "🚀 \u202eتجربة")
    mlflow.log_metric("val/acc", 0.1)

client.set_registered_model_alias("iris classifier", "champion", "2")
client.update_model_version("iris classifier", "2", description=f"Calm. {HOSTILE}")
client.transition_model_version_stage("iris classifier", "3", "Staging")

print(
    json.dumps(
        {
            "experiment": parent.info.experiment_id,
            "run": runs[2],
            "parent": parent.info.run_id,
            "few": runs[:3],
            "hostile": hostile.info.run_id,
        }
    )
)
