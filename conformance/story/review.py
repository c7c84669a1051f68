"""
One step of a review by Databricks' SDK, as the user that TRACKWAY_USER names:

    review.py request|approve|reject|transition|comment|list NAME VERSION [STAGE] [COMMENT]

Prints what the server answered as JSON, or the class and the message of the error.
"""

import json
import os
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError

step, name, version, *rest = sys.argv[1:]
stage, comment = (rest + [None, None])[:2]
registry = WorkspaceClient(
    host=os.environ["MLFLOW_TRACKING_URI"],
    auth_type="basic",
    username=os.environ["TRACKWAY_USER"],
    password="not asked for",
).model_registry

try:
    if step == "request":
        answer = registry.create_transition_request(name, version, stage, comment=comment).as_dict()
    elif step == "approve":
        answer = registry.approve_transition_request(name, version, stage, True, comment=comment).as_dict()
    elif step == "reject":
        answer = registry.reject_transition_request(name, version, stage, comment=comment).as_dict()
    elif step == "transition":
        answer = registry.transition_stage(name, version, stage, True, comment=comment).as_dict()
    elif step == "comment":
        answer = registry.create_comment(name, version, comment).as_dict()
    else:
        answer = [request.as_dict() for request in registry.list_transition_requests(name, version)]
    print(json.dumps(answer))
except DatabricksError as error:
    print(json.dumps({"error": type(error).__name__, "message": str(error)}))
