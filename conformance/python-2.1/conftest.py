import uuid
import warnings

import mlflow
import pytest

warnings.filterwarnings("ignore")


@pytest.fixture
def name():
    """A name that nothing on the server has yet."""
    return f"conformance-old-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def client():
    return mlflow.MlflowClient()


@pytest.fixture
def experiment(name):
    """The id of a new experiment, which the fluent API logs to; runs left open are closed afterwards."""
    yield mlflow.set_experiment(name).experiment_id
    while mlflow.active_run():
        mlflow.end_run()


@pytest.fixture
def add_version(client, experiment):
    """Registers a version of a model that is there, from a run of its own."""

    def add(model, **options):
        run = client.create_run(experiment)
        client.log_text(run.info.run_id, "w", "model/weights.txt")
        return client.create_model_version(model, f"{run.info.artifact_uri}/model", run.info.run_id, **options)

    return add
