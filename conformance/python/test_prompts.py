import mlflow
import pytest
from mlflow import genai

TEMPLATE = "Say {{greeting}} to {{name}}."


def load(name, version=None):
    """A prompt read from the server, not from the client's cache."""
    return genai.load_prompt(name, version=version, cache_ttl_seconds=0)


def own(tags):
    """Tags without those that the client sets by itself, in a thread, to link a prompt to the experiment in use."""
    return {key: value for key, value in tags.items() if not key.startswith("_mlflow")}


@pytest.fixture
def prompt(name):
    """The name of a prompt with two versions."""
    genai.register_prompt(name, TEMPLATE, commit_message="first", tags={"team": "blue"})
    genai.register_prompt(name, "Greet {{name}}.", commit_message="second")
    return name


def test_a_prompt_reads_back(client, name):
    made = genai.register_prompt(name, TEMPLATE, commit_message="first", tags={"team": "blue"})
    assert (made.name, made.version, made.template) == (name, 1, TEMPLATE)
    read = load(name, 1)
    assert (read.name, read.version, read.template) == (name, 1, TEMPLATE)
    assert (read.commit_message, read.tags, read.variables) == ("first", {"team": "blue"}, {"greeting", "name"})
    assert read.format(greeting="hello", name="Ada") == "Say hello to Ada."
    about = client.get_prompt(name)
    assert (about.name, about.description, own(about.tags)) == (name, "first", {"team": "blue"})


def test_a_long_template_in_any_script_comes_back(name):
    template = "Grüße, 世界, {{name}}\n" * 400
    genai.register_prompt(name, template)
    assert load(name, 1).template == template


def test_messages_a_response_format_and_a_model_config_come_back(name):
    messages = [{"role": "system", "content": "Be {{style}}."}, {"role": "user", "content": "{{question}}"}]
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    genai.register_prompt(
        name, messages, response_format=schema, model_config={"model_name": "small", "temperature": 0.5}
    )
    read = load(name, 1)
    assert (read.template, read.response_format) == (messages, schema)
    assert (read.model_config["model_name"], read.model_config["temperature"]) == ("small", 0.5)
    assert read.format(style="short", question="Why?")[1] == {"role": "user", "content": "Why?"}


def test_prompts_load_by_version_uri_alias_and_latest(prompt):
    genai.set_prompt_alias(prompt, "production", 1)
    for reference, version in (
        (f"prompts:/{prompt}/1", 1),
        (f"prompts:/{prompt}/2", 2),
        (f"prompts:/{prompt}@production", 1),
        (f"prompts:/{prompt}@latest", 2),
        (prompt, 2),
    ):
        assert load(reference).version == version, reference
    assert load(prompt, "1").template == TEMPLATE


def test_aliases_of_prompts_move_and_go(prompt):
    genai.set_prompt_alias(prompt, "production", 1)
    genai.set_prompt_alias(prompt, "production", 2)
    assert load(prompt, 2).aliases == ["production"] and load(prompt, 1).aliases == []
    genai.delete_prompt_alias(prompt, "production")
    assert load(prompt, 2).aliases == []
    assert genai.load_prompt(f"prompts:/{prompt}@production", allow_missing=True, cache_ttl_seconds=0) is None


def test_reserved_aliases_of_prompts_are_refused(prompt, refuses):
    for bad in ("latest", "v2", "a b"):
        refuses("INVALID_PARAMETER_VALUE", genai.set_prompt_alias, prompt, bad, 1)
    refuses("RESOURCE_DOES_NOT_EXIST", genai.set_prompt_alias, prompt, "production", 9)


def test_tags_of_prompts_are_set_and_removed(prompt):
    genai.set_prompt_tag(prompt, "language", "en")
    genai.set_prompt_tag(prompt, "gone", "x")
    genai.delete_prompt_tag(prompt, "gone")
    assert own(genai.get_prompt_tags(prompt)) == {"team": "blue", "language": "en"}
    genai.set_prompt_version_tag(prompt, 2, "score", "0.9")
    genai.set_prompt_version_tag(prompt, 2, "gone", "x")
    genai.delete_prompt_version_tag(prompt, 2, "gone")
    assert load(prompt, 2).tags == {"score": "0.9"} and load(prompt, 1).tags == {"team": "blue"}


def test_prompts_are_searched_ordered_and_paged(client, name):
    for i in range(5):
        genai.register_prompt(f"{name}-{i}", TEMPLATE, tags={"parity": ["even", "odd"][i % 2]})

    def found(condition, **options):
        return [prompt.name[-1] for prompt in client.search_prompts(condition, **options)]

    like = f"name LIKE '{name}-%'"
    assert found(like, order_by=["name ASC"]) == list("01234")
    assert found(like, order_by=["name DESC"]) == list("43210")
    assert sorted(found(f"{like} AND tags.parity = 'odd'")) == ["1", "3"]
    assert found(f"name = '{name}-2'") == ["2"] and found(f"name = '{name}-9'") == []
    assert {prompt.name for prompt in genai.search_prompts(like)} == {f"{name}-{i}" for i in range(5)}

    pages, token = [], None
    while True:
        page = client.search_prompts(like, max_results=2, order_by=["name ASC"], page_token=token)
        pages += [prompt.name[-1] for prompt in page]
        token = page.token
        if not token:
            break
    assert pages == list("01234")


def test_prompts_and_models_stay_apart_in_searches(client, prompt, add_version):
    add_version(prompt + "-model")
    like = f"name LIKE '{prompt}%'"
    assert [model.name for model in client.search_registered_models(like)] == [prompt + "-model"]
    assert [found.name for found in client.search_prompts(like)] == [prompt]
    assert {version.name for version in client.search_model_versions(like)} == {prompt + "-model"}


def test_a_prompt_is_no_model(client, prompt):
    with pytest.raises(mlflow.MlflowException):
        client.get_model_version(prompt, "1")
    with pytest.raises(mlflow.MlflowException):
        mlflow.pyfunc.load_model(f"models:/{prompt}/1")


def test_a_prompt_and_a_model_do_not_share_a_name(client, prompt, add_version, refuses):
    refuses("RESOURCE_ALREADY_EXISTS", client.create_registered_model, prompt)
    add_version(prompt + "-model")
    refuses("INVALID_PARAMETER_VALUE", genai.register_prompt, prompt + "-model", TEMPLATE)


def test_versions_of_a_prompt_are_searched(client, prompt):
    versions = client.search_prompt_versions(prompt)
    assert {version.version: version.commit_message for version in versions} == {1: "first", 2: "second"}


def test_a_prompt_is_linked_to_a_run(client, experiment, prompt):
    run = client.create_run(experiment)
    client.link_prompt_version_to_run(run.info.run_id, f"prompts:/{prompt}/2")
    linked = client.get_run(run.info.run_id).data.tags["mlflow.linkedPrompts"]
    assert prompt in linked and '"2"' in linked


def test_deleted_prompts_and_versions_are_gone(client, prompt, refuses):
    client.delete_prompt_version(prompt, "1")
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_prompt_version, prompt, "1")
    assert load(prompt, 2).template == "Greet {{name}}."
    client.delete_prompt(prompt)
    assert client.get_prompt(prompt) is None
    assert genai.load_prompt(prompt, version=2, allow_missing=True, cache_ttl_seconds=0) is None
    assert list(client.search_prompts(f"name = '{prompt}'")) == []
