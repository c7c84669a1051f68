import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag

START = 1_700_000_000_000


@pytest.fixture
def runs(client, experiment):
    """Six runs, r0 to r5, that differ in one way each filter below can tell."""
    for i in range(6):
        run_id = client.create_run(experiment, start_time=START + i, run_name=f"r{i}").info.run_id
        metrics = [Metric("accuracy", i / 10, 1, 0), Metric("val loss", 6 - i, 1, 0)]
        if i in (1, 4):
            metrics.append(Metric("rare", -i, 1, 0))
        params = [Param("model", ["Ridge", "Lasso", "ridgeCV"][i % 3]), Param("n/estimators", str(i))]
        tags = [RunTag("group", "AB"[i % 2]), RunTag("a.dotted-key", "it's" if i == 2 else "50% off")]
        client.log_batch(run_id, metrics=metrics, params=params, tags=tags)
        client.set_terminated(run_id, "FINISHED" if i < 4 else "FAILED", end_time=START + 1000 + i)
    return experiment


FILTERS = {
    "": "012345",
    "metrics.accuracy > 0.3": "45",
    "metrics.accuracy >= 0.3 AND metrics.accuracy <= 0.4": "34",
    "metrics.accuracy = 0.2": "2",
    "metrics.accuracy != 0.2": "01345",
    "metrics.accuracy < .1": "0",
    "metrics.rare < -1": "4",
    "metrics.`val loss` < 3": "45",
    'metrics."val loss" < 3': "45",
    "metric.accuracy > 0.4": "5",
    "params.model = 'Ridge'": "03",
    'params.model = "Ridge"': "03",
    "params.model != 'Ridge'": "1245",
    "params.model LIKE 'R%'": "03",
    "params.model ILIKE 'r%'": "0235",
    "params.model LIKE '_asso'": "14",
    "parameters.`n/estimators` = '3'": "3",
    "tags.group = 'B' and params.model = 'Lasso'": "1",
    "tags.`a.dotted-key` = \"it's\"": "2",
    "tags.`mlflow.runName` = 'r4'": "4",
    "status = 'FAILED'": "45",
    "attributes.status != 'FAILED'": "0123",
    f"start_time > {START + 3}": "45",
    f"attributes.start_time <= {START}": "0",
    f"attribute.end_time >= {START + 1004}": "45",
    "run_name = 'r1'": "1",
    "attributes.run_name LIKE 'r%' AND metrics.accuracy < 0.15": "01",
    "attributes.`run name` = 'r5'": "5",
    "metrics.absent > 0": "",
    "params.absent IS NULL": "012345",
    "params.model IS NOT NULL AND tags.absent IS NULL AND run_name = 'r0'": "0",
}


def test_filters_select_the_right_runs(client, runs):
    found = {f: "".join(sorted(run.info.run_name[1] for run in client.search_runs([runs], f))) for f in FILTERS}
    assert found == FILTERS


def test_runs_are_found_by_their_ids(client, runs):
    ids = {run.info.run_name: run.info.run_id for run in client.search_runs([runs])}
    some = f"attributes.run_id IN ('{ids['r1']}', '{ids['r3']}', '{'0' * 32}')"
    assert {run.info.run_name for run in client.search_runs([runs], some)} == {"r1", "r3"}
    others = f"attributes.run_id NOT IN ('{ids['r1']}', '{ids['r3']}')"
    assert {run.info.run_name for run in client.search_runs([runs], others)} == {"r0", "r2", "r4", "r5"}


ORDERS = {
    (): "543210",
    ("metrics.accuracy DESC",): "543210",
    ("metrics.`val loss` ASC",): "543210",
    ("start_time ASC",): "012345",
    ("params.model ASC", "start_time DESC"): "413052",
    ("tags.group DESC", "attributes.start_time ASC"): "135024",
    ("metrics.rare ASC", "start_time ASC"): "410235",
    ("metrics.rare DESC", "start_time ASC"): "140235",
    ("run_name DESC",): "543210",
}


def test_orders_put_missing_values_last(client, runs):
    found = {o: "".join(run.info.run_name[1] for run in client.search_runs([runs], order_by=list(o))) for o in ORDERS}
    assert found == ORDERS


@pytest.mark.parametrize("order", [["metrics.rare DESC"], ["tags.group ASC"], ["params.model DESC"], []])
def test_pages_join_to_the_whole(client, runs, order):
    whole = [run.info.run_id for run in client.search_runs([runs], order_by=order)]
    pages, token = [], None
    while True:
        page = client.search_runs([runs], order_by=order, max_results=2, page_token=token)
        pages += [run.info.run_id for run in page]
        token = page.token
        if not token:
            break
    assert pages == whole and len(whole) == 6


def test_several_experiments_are_searched_at_once(client, runs, name):
    other = client.create_experiment(name + "-other")
    client.create_run(other, run_name="elsewhere")
    assert len(client.search_runs([runs, other])) == 7


def test_a_data_frame_has_a_column_for_each_key(runs):
    frame = mlflow.search_runs([runs], filter_string="metrics.accuracy > 0.2", order_by=["metrics.accuracy ASC"])
    assert list(frame["metrics.accuracy"]) == [0.3, 0.4, 0.5]
    assert list(frame["params.model"]) == ["Ridge", "Lasso", "ridgeCV"]


@pytest.mark.parametrize(
    "bad",
    ["accuracy === 1", "metrics.accuracy LIKE 'x'", "colour.red = 'x'", "metrics.accuracy > 'high'", "params.model = 3"],
)
def test_a_bad_filter_is_refused(client, experiment, refuses, bad):
    refuses("INVALID_PARAMETER_VALUE", client.search_runs, [experiment], bad)


def test_bad_limits_and_tokens_are_refused(client, experiment, refuses):
    refuses("INVALID_PARAMETER_VALUE", client.search_runs, [experiment], max_results=50_001)
    refuses("INVALID_PARAMETER_VALUE", client.search_runs, [experiment], page_token="not a token")
    refuses("INVALID_PARAMETER_VALUE", client.search_runs, [experiment], order_by=["metrics.accuracy SIDEWAYS"])
