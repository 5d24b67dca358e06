"""Settings of the queues and of who takes from them; limits of single tasks stand with these."""

from pathlib import Path

from sttm2.env import celery_broker, env_int, env_str

LOCAL_DIR = Path(__file__).resolve().parent.parent / ".local"
REDIS_URL = env_str("REDIS_URL")

CELERY_BROKER_URL = celery_broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = env_str("STTM2_QUEUE", "sttm2")
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Seconds after which the broker gives a task that nobody acknowledged out again: longer than any
# may take, or its end would be its next beginning. What a dead worker left, sweeps take up before.
_GIVEN_AGAIN = 7200
# Who sends a task does not wait for a broker that is away; who takes them waits for it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": _GIVEN_AGAIN,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "Europe/Rome"
CELERY_BEAT_SCHEDULE_FILENAME = str(LOCAL_DIR / "beat" / "schedule")

# Seconds for which a worker holds its work between two beats.
LEASE_SECONDS = env_int("STTM2_LEASE_SECONDS", default=60)
# Seconds for which a worker that is told to end goes on with its work before it gives it back.
END_SECONDS = env_int("STTM2_END_SECONDS", default=5)
# Seconds that one statement of a worker may take.
STATEMENT_SECONDS = env_int("STTM2_STATEMENT_SECONDS", default=300)
# Processes of the workers that check deliveries (sttm2/workers.py).
CHECK_SLOTS = env_int("STTM2_CHECK_SLOTS", default=2)
