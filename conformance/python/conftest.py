import uuid
import warnings

import mlflow
import pytest

warnings.filterwarnings("ignore")


@pytest.fixture
def name():
    """A name that nothing on the server has yet."""
    return f"conformance-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def client():
    return mlflow.MlflowClient()


@pytest.fixture
def experiment(name):
    """The id of a new experiment, which the fluent API logs to; runs and switches left on are closed afterwards."""
    yield mlflow.set_experiment(name).experiment_id
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.autolog(disable=True)
    mlflow.config.enable_async_logging(False)


@pytest.fixture
def refuses():
    """Calls what must be refused: checks the error code and returns the message."""

    def call(code, function, *arguments, **options):
        with pytest.raises(mlflow.MlflowException) as refusal:
            function(*arguments, **options)
        assert refusal.value.error_code == code, refusal.value
        return str(refusal.value)

    return call
