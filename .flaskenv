FLASK_APP=hub.app:create_app
